package io.gatehouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.cluster.QuotaCluster.Node;
import io.gatehouse.cluster.session.HazelcastSessionStore;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.session.SessionEntry;
import io.gatehouse.session.SessionStore;
import io.gatehouse.session.SessionsUnavailable;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Tests browser sessions that the members of a cluster share, also over a partition. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SharedSessionsTest {
    private static final int NODES = 5;
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final Duration LIFE = Duration.ofHours(1);
    private static final CredentialDigest KEY = CredentialDigest.of("key");
    private static final CredentialDigest BEFORE = CredentialDigest.of("before the partition");
    private static final CredentialDigest DURING = CredentialDigest.of("during the partition");
    /** The other tests need the whole cluster, so the partition comes after them, and the end of a member last. */
    private static final int PARTITION = Integer.MAX_VALUE - 1;

    private static final int END = Integer.MAX_VALUE;

    private static Vertx vertx;
    private static QuotaCluster cluster;
    private static List<SessionStore> stores;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        cluster = new QuotaCluster("shared-sessions-test", NODES);
        stores = cluster.nodes.stream()
                .map(node -> HazelcastSessionStore.ofSessions(vertx, node.member))
                .toList();
    }

    @AfterAll
    static void stop() {
        cluster.close();
        Gatehouse.await(vertx.close());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static long write(int node, CredentialDigest key, long expected, String content) {
        return Gatehouse.await(stores.get(node).replace(key, expected, bytes(content), LIFE));
    }

    private static Optional<String> read(int node, CredentialDigest key) {
        return Gatehouse.await(stores.get(node).get(key))
                .map(entry -> new String(entry.content(), StandardCharsets.UTF_8));
    }

    @Test
    void aWriteOfAnotherVersionIsRefused_andAnEndedEntryIsNotWrittenAgain() {
        long first = write(0, KEY, SessionStore.ABSENT, "first");
        assertThat(first).isPositive();
        assertThat(read(4, KEY)).contains("first");
        assertThat(write(1, KEY, SessionStore.ABSENT, "again")).isEqualTo(SessionStore.ABSENT);
        long second = write(4, KEY, first, "second");
        assertThat(second).isGreaterThan(first);
        assertThat(write(1, KEY, first, "late")).isEqualTo(SessionStore.ABSENT);
        assertThat(Gatehouse.await(stores.get(2).end(KEY, first, LIFE))).isFalse();
        assertThat(read(3, KEY)).contains("second");

        assertThat(Gatehouse.await(stores.get(2).end(KEY, second, LIFE))).isTrue();
        assertThat(read(4, KEY)).isEmpty();
        assertThat(write(4, KEY, second, "late")).isEqualTo(SessionStore.ABSENT);
        assertThat(write(4, KEY, SessionStore.ABSENT, "late")).isEqualTo(SessionStore.ABSENT);
        assertThat(read(0, KEY)).isEmpty();
    }

    private static void isUnavailable(ThrowingCallable operation) {
        assertThatThrownBy(operation)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(SessionsUnavailable.class);
    }

    @Test
    @Order(END)
    void aMemberThatHasEndedIsUnavailable() {
        cluster.nodes.get(4).member.getLifecycleService().terminate();
        isUnavailable(() -> read(4, KEY));
        isUnavailable(() -> write(4, KEY, SessionStore.ABSENT, "content"));
        isUnavailable(() -> Gatehouse.await(stores.get(4).end(KEY, 1, LIFE)));
        isUnavailable(() -> Gatehouse.await(stores.get(4).raise(KEY, 1, LIFE)));
    }

    @Test
    void anEndOfAProviderIsNeverLowered() {
        SessionStore ends = HazelcastSessionStore.ofEnds(vertx, cluster.nodes.get(4).member);
        Gatehouse.await(ends.raise(KEY, 200, LIFE));
        Gatehouse.await(ends.raise(KEY, 100, LIFE));
        assertThat(Gatehouse.await(ends.get(KEY)).map(SessionEntry::version)).contains(200L);
        Gatehouse.await(ends.raise(KEY, 300, LIFE));
        assertThat(Gatehouse.await(ends.get(KEY)).map(SessionEntry::version)).contains(300L);
    }

    @Test
    @Order(PARTITION)
    void theSmallerSideIsUnavailable_andAMergeRestoresNoEndedEntry() {
        List<Node> smaller = List.of(cluster.nodes.get(4), cluster.nodes.get(1));
        List<Node> larger = List.of(cluster.nodes.get(2), cluster.nodes.get(3), cluster.nodes.get(0));
        long version = write(4, BEFORE, SessionStore.ABSENT, "content");
        for (Node one : smaller) {
            larger.forEach(one::suspect);
        }
        smaller.forEach(lost -> cluster.nodes.get(0).suspect(lost));
        smaller.forEach(node -> node.awaitSize(smaller.size()));
        larger.forEach(node -> node.awaitSize(larger.size()));

        assertThatThrownBy(() -> read(4, BEFORE))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(SessionsUnavailable.class);
        assertThatThrownBy(() -> write(1, DURING, SessionStore.ABSENT, "content"))
                .hasCauseInstanceOf(SessionsUnavailable.class);
        await().atMost(LONG)
                .ignoreExceptions()
                .until(() -> Gatehouse.await(stores.get(2).end(BEFORE, version, LIFE))
                        || read(2, BEFORE).isEmpty());
        await().atMost(LONG)
                .ignoreExceptions()
                .until(() -> write(3, DURING, SessionStore.ABSENT, "during") != SessionStore.ABSENT
                        || read(3, DURING).isPresent());
        cluster.merge();

        for (int i = 0; i < NODES; i++) {
            int node = i;
            await().atMost(LONG)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(read(node, DURING)).contains("during"));
            assertThat(read(node, BEFORE)).isEmpty();
        }
    }
}
