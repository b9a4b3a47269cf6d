package io.gatehouse.changes;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.credential.Changes;
import io.gatehouse.credential.ConsumerGroups;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.lookup.CachedCredential;
import io.gatehouse.lookup.ChangeFeedFreshness;
import io.gatehouse.lookup.NodeCaches;
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
    private static final CredentialDigest TOKEN = CredentialDigest.of("issued before");

    private final Vertx vertx = Vertx.vertx();
    private final ChangeFeedFreshness freshness = new ChangeFeedFreshness(Duration.ofMinutes(1));
    private final AtomicReference<Changes> reply = new AtomicReference<>(changes("one", 100));
    private final AtomicReference<Changes> received = new AtomicReference<>();
    private final ChangeFeed feed = new ChangeFeed(
            until -> Future.succeededFuture(reply.get()),
            new Alone(),
            freshness,
            new NodeCaches(freshness, List.of()),
            received::set);

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void changeFeed_dropsWhatIsCached_whenTheEpochIsAnother() {
        CachedCredential cached = new CachedCredential(new ConsumerGroups(List.of()), NOW);
        await(vertx.deployVerticle(feed));
        receive(changes("one", 101));
        assertThat(freshness.isUsable(TOKEN, cached)).isTrue();

        receive(changes("another", 105));

        assertThat(freshness.isUsable(TOKEN, cached)).isFalse();
    }

    private void receive(Changes next) {
        reply.set(next);
        feed.pollNow();
        Awaitility.await().until(() -> next.equals(received.get()));
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
