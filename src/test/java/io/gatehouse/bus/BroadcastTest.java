package io.gatehouse.bus;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Names every node that may have cached state and did not acknowledge a message. */
class BroadcastTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Vertx vertx = Vertx.vertx();
    private final Members members = new Members();
    private final List<String> received = new CopyOnWriteArrayList<>();

    /** The members that a node sees while other nodes join. */
    private static final class Members implements NodeDirectory {
        private final List<String> nodes = new CopyOnWriteArrayList<>(List.of("this"));

        @Override
        public String nodeId() {
            return "this";
        }

        @Override
        public String label(String nodeId) {
            return "pod/proxy/" + nodeId;
        }

        @Override
        public List<String> nodes() {
            return List.copyOf(nodes);
        }

        @Override
        public List<String> issuers() {
            return nodes();
        }

        @Override
        public CompletionStage<Boolean> isStarting(String nodeId) {
            return CompletableFuture.completedFuture(false);
        }
    }

    @BeforeEach
    void listen() {
        RecordCodec.register(vertx);
        for (String node : List.of("this", "other")) {
            await(vertx.eventBus()
                    .<Done>consumer(node, message -> {
                        received.add(node);
                        message.reply(new Done());
                    })
                    .completion());
        }
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private List<String> lateNodes(Future<List<String>> atWork, Runnable meanwhile) {
        Broadcast broadcast = new Broadcast(vertx, members, () -> {
            meanwhile.run();
            return atWork;
        });
        return await(broadcast.publish(node -> node, new Done(), TIMEOUT));
    }

    @Test
    void activeNodeOfAnotherCluster_isLate() {
        assertThat(lateNodes(Future.succeededFuture(List.of("this", "other")), () -> {}))
                .containsExactly("other");
        assertThat(received).containsExactly("this");
    }

    @Test
    void nodeThatJoinsDuringTheBroadcast_receivesTheMessage() {
        assertThat(lateNodes(Future.succeededFuture(List.of("this", "other")), () -> members.nodes.add("other")))
                .isEmpty();
        assertThat(received).containsExactly("this", "other");
    }

    @Test
    void nodeThatLeavesDuringTheBroadcast_isLateUnlessItHasDeregistered() {
        members.nodes.add("leaving");
        assertThat(lateNodes(Future.succeededFuture(List.of("this")), () -> members.nodes.remove("leaving")))
                .isEmpty();

        members.nodes.add("leaving");
        assertThat(lateNodes(Future.succeededFuture(List.of("this", "leaving")), () -> members.nodes.remove("leaving")))
                .containsExactly("leaving");
    }

    @Test
    void lateMember_isLoggedWithItsName() {
        Logger log = (Logger) LoggerFactory.getLogger(Broadcast.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try {
            members.nodes.add("without-handler");
            Broadcast broadcast = new Broadcast(vertx, members);

            assertThat(await(broadcast.publish(node -> node, new Done(), Duration.ofMillis(200))))
                    .containsExactly("without-handler");
        } finally {
            log.detachAppender(lines);
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("A node did not acknowledge Done[] in time, node=pod/proxy/without-handler:"
                        + " no handler is registered there");
    }

    @Test
    void nonMembersAreLate_whenPostgresqlDoesNotListThem() {
        assertThat(lateNodes(Future.failedFuture("no database"), () -> {})).containsExactly("non-members");
    }
}
