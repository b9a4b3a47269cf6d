package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.hazelcast.core.Hazelcast;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tests what the other members log about one that leaves as planned, and about one that is lost. */
class LeaveLogTest {
    private static final String NAME = "leave-log-test";
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(HealingClusterManager.class);

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final List<Cluster> clusters = new ArrayList<>();
    private final List<Vertx> started = new ArrayList<>();
    private final ListenAddress seed = freeAddress();

    @BeforeEach
    void listen() {
        lines.start();
        LOG.setLevel(Level.INFO);
        LOG.addAppender(lines);
    }

    @AfterEach
    void stop() {
        LOG.detachAppender(lines);
        LOG.setLevel(null);
        started.forEach(vertx -> Gatehouse.await(vertx.close()));
        clusters.forEach(Cluster::leave);
    }

    private Cluster join(String name, ListenAddress bind) {
        Cluster cluster = Cluster.prepare(
                cluster(NAME, bind, seed, null), new MemberProfile(name, EnumSet.allOf(Role.class), 1_000));
        started.add(Gatehouse.await(cluster.join(Vertx.builder(), new VertxOptions())));
        clusters.add(cluster);
        return cluster;
    }

    private List<String> about(Cluster cluster) {
        return List.copyOf(lines.list).stream()
                .filter(line -> line.getFormattedMessage().contains(cluster.nodeId()))
                .map(line -> line.getLevel() + " " + line.getFormattedMessage().replaceFirst(" address=.*", ""))
                .distinct()
                .toList();
    }

    @Test
    void plannedLeaveIsNoWarning_andLostMemberIs() {
        Cluster first = join("first", seed);
        Cluster leaving = join("pod-1/proxy", freeAddress());
        ListenAddress address = freeAddress();
        Cluster lost = join("pod-2/admin", address);

        assertThat(first.label(leaving.nodeId())).isEqualTo("pod-1/proxy/" + leaving.nodeId());
        assertThat(first.label("unknown")).isEqualTo("unknown");

        leaving.leave();
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(about(leaving))
                        .containsExactly("INFO A member has left node=pod-1/proxy/" + leaving.nodeId()));

        Hazelcast.getAllHazelcastInstances().stream()
                .filter(member ->
                        member.getCluster().getLocalMember().getAddress().getPort() == address.port())
                .forEach(member -> member.getLifecycleService().terminate());
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(about(lost))
                        .containsExactly("WARN A member was lost node=pod-2/admin/" + lost.nodeId()));
        assertThat(lost.label(first.nodeId())).as("by a member that has ended").isEqualTo(first.nodeId());
    }
}
