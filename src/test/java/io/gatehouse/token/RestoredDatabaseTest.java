package io.gatehouse.token;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.oauth.Changes;
import io.gatehouse.oauth.ConsumerGroups;
import io.gatehouse.oauth.TokenDigest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A database that was restored, or failed over to a replica, and has overtaken the version that a node has seen. */
class RestoredDatabaseTest {
    private static final long NOW = 1_700_000_000;
    private static final TokenDigest TOKEN = TokenDigest.of("issued before");

    private final Vertx vertx = Vertx.vertx();
    private final DatabaseContact contact = new DatabaseContact(Duration.ofMinutes(1));
    private final AtomicReference<Changes> reply = new AtomicReference<>(changes("one", 100));
    private final AtomicReference<Changes> received = new AtomicReference<>();
    private final ChangeFollower feed = new ChangeFollower(
            until -> Future.succeededFuture(reply.get()),
            new Alone(),
            contact,
            new NodeCaches(contact, List.of()),
            received::set);

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void changeFeed_dropsWhatIsCached_whenTheEpochIsAnother() {
        CachedFacts cached = new CachedFacts(new ConsumerGroups(List.of()), NOW);
        await(vertx.deployVerticle(feed));
        receive(changes("one", 101));
        assertThat(contact.counts(TOKEN, cached)).isTrue();

        receive(changes("another", 105));

        assertThat(contact.counts(TOKEN, cached)).isFalse();
    }

    private void receive(Changes next) {
        reply.set(next);
        feed.hurry();
        Awaitility.await().until(() -> received.get() == next);
    }

    private static Changes changes(String epoch, long version) {
        return new Changes(epoch, "1:1:", true, List.of(), version, List.of(), NOW * 1_000);
    }

    private static final class Alone implements NodeDirectory {
        @Override
        public String nodeId() {
            return "node";
        }

        @Override
        public List<String> nodes() {
            return List.of("node");
        }

        @Override
        public List<String> issuers() {
            return List.of();
        }

        @Override
        public CompletionStage<Boolean> isStarting(String nodeId) {
            return CompletableFuture.completedFuture(false);
        }
    }
}
