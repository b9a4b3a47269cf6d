package io.gatehouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.spi.exception.TargetNotMemberException;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperties;
import io.gatehouse.cluster.HostilePeer.Gadget;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HazelcastSettingsTest {
    private static final String WAIT = "hazelcast.wait.seconds.before.join";

    /** Within zero seconds, Hazelcast does no DNS lookup, and every pod forms a cluster of its own. */
    @Test
    void aStartWaitsForTheDnsLookup_ofAKubernetesService() {
        Config config = settings(true, List.of(), "gatehouse-cluster");
        assertThat(Integer.parseInt(config.getProperty(WAIT))).isPositive();
        assertThat(config.getAdvancedNetworkConfig()
                        .getJoin()
                        .getKubernetesConfig()
                        .getProperties())
                .containsEntry("service-dns", "gatehouse-cluster")
                .containsEntry("service-port", "5711");
    }

    /** The change feed computes with the times of ClusterTimings. */
    @Test
    void timeLimits_areThoseOfClusterTimings() {
        Config config = settings(true, List.of(), null);
        assertThat(seconds(config, HazelcastSettings.HEARTBEAT_PERIOD_PROPERTY))
                .isEqualTo(ClusterTimings.HEARTBEAT_PERIOD);
        assertThat(seconds(config, HazelcastSettings.HEARTBEAT_TIMEOUT_PROPERTY))
                .isEqualTo(ClusterTimings.HEARTBEAT_TIMEOUT);
        assertThat(seconds(config, HazelcastSettings.JOIN_TIMEOUT_PROPERTY)).isEqualTo(ClusterTimings.JOIN_TIMEOUT);
        assertThat(seconds(config, HazelcastSettings.LEAVE_TIMEOUT_PROPERTY)).isEqualTo(ClusterTimings.LEAVE_TIMEOUT);
    }

    private static Duration seconds(Config config, String property) {
        return Duration.ofSeconds(Long.parseLong(config.getProperty(property)));
    }

    @Test
    void aStartWaitsForNoLookup_withoutAKubernetesService() {
        assertThat(settings(false, List.of(), null).getProperty(WAIT)).isEqualTo("0");
        assertThat(settings(true, List.of("10.0.0.2:5701"), null).getProperty(WAIT))
                .isEqualTo("0");
    }

    /** Otherwise Hazelcast ignores the addresses of IPv6 when it looks for the interface of cluster.bind. */
    @ParameterizedTest
    @CsvSource({"fd00::7, false", "10.0.0.1, true"})
    void ipv6_isUsedIfTheNodeBindsToIt(String host, boolean isIpv4) {
        Config config = HazelcastSettings.of(
                new ClusterConfig(
                        true, "gatehouse", new ListenAddress(host, 5711), List.of(), "gatehouse-cluster", null),
                "node",
                new MemberProfile("node", EnumSet.allOf(Role.class), 1_000),
                Protocol.CURRENT);

        assertThat(new HazelcastProperties(config).getBoolean(ClusterProperty.PREFER_IPv4_STACK))
                .isEqualTo(isIpv4);
    }

    /** Hazelcast logs the name in every line. */
    @Test
    void clusterName_holdsNoSecret() {
        Config config = HazelcastSettings.of(
                new ClusterConfig(
                        true,
                        "gatehouse",
                        new ListenAddress("10.0.0.1", 5711),
                        List.of(),
                        null,
                        "a secret of more than thirty-two characters"),
                "node",
                new MemberProfile("node", EnumSet.allOf(Role.class), 1_000),
                Protocol.CURRENT);

        assertThat(config.getClusterName()).isEqualTo("gatehouse");
    }

    /** A new release of Vert.x may use other maps. */
    @Test
    void mapsOfVertx_areDeclaredAsInItsOwnConfiguration() {
        Config vertx = ConfigUtil.loadConfig();
        Config own = settings(true, List.of("10.0.0.2:5701"), null);

        assertThat(vertx.getMapConfigs()).isNotEmpty();
        assertThat(own.getMapConfigs()).containsAllEntriesOf(vertx.getMapConfigs());
        assertThat(own.getMultiMapConfigs()).isEqualTo(vertx.getMultiMapConfigs());
    }

    @Test
    void javaSerialization_isLimitedToFailures() {
        InternalSerializationService serialization = new DefaultSerializationServiceBuilder()
                .setConfig(settings(true, List.of("10.0.0.2:5701"), null).getSerializationConfig())
                .build();
        Throwable failure = new HazelcastException("failed", new ExecutionException(new IllegalStateException("why")));
        failure.addSuppressed(new TargetNotMemberException("gone"));

        Throwable read = serialization.toObject(serialization.toData(failure));

        assertThat(read).hasMessage("failed").hasRootCauseMessage("why");
        assertThat(read.getSuppressed()).hasSize(1);
        Gadget.READ.set(0);
        for (Object refused : List.of(new Gadget(), HostilePeer.nestedSets(), new Random())) {
            Data sent = serialization.toData(refused);
            assertThatThrownBy(() -> serialization.toObject(sent)).hasMessageContaining("is not allowed");
        }
        assertThat(Gadget.READ).hasValue(0);
    }

    private static Config settings(boolean enabled, List<String> members, @Nullable String service) {
        return HazelcastSettings.of(
                new ClusterConfig(enabled, "gatehouse", new ListenAddress("10.0.0.1", 5711), members, service, null),
                "node",
                new MemberProfile("node", EnumSet.allOf(Role.class), 1_000),
                Protocol.CURRENT);
    }
}
