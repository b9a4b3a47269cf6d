package io.gatehouse.lookup;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.cluster.Cluster;
import io.gatehouse.cluster.MemberProfile;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.testing.LoneNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests how long the process cache uses the state of a token without another lookup. */
class ProcessCacheTest {
    private static final Duration MAX_STALE = Duration.ofMinutes(1);
    private static final CredentialDigest TOKEN = CredentialDigest.of("a token");
    private static final long NOW = System.currentTimeMillis() / 1_000;
    private static Cluster cluster;
    private static Vertx vertx;
    private static CredentialCache shared;

    private final AtomicLong nanos = new AtomicLong();
    private final ChangeFeedFreshness freshness = new ChangeFeedFreshness(MAX_STALE, nanos::get);
    private CredentialLookup<TokenState> lookup;

    @BeforeAll
    static void join() {
        cluster = Cluster.prepare(
                new ClusterConfig(false, "first-level-test", new ListenAddress("127.0.0.1", 0), List.of(), null, null),
                new MemberProfile("node", EnumSet.allOf(Role.class), 1_000));
        vertx = await(cluster.join(Vertx.builder(), new VertxOptions()));
        shared = cluster.tokenCache(vertx);
        shared.put(
                TOKEN,
                new CachedCredential(
                        new TokenState(
                                UUID.randomUUID(),
                                UUID.randomUUID(),
                                "client",
                                UUID.randomUUID(),
                                "alex",
                                null,
                                UUID.randomUUID(),
                                null,
                                "email",
                                NOW,
                                7_200,
                                null,
                                null),
                        NOW));
    }

    @AfterAll
    static void leave() {
        await(vertx.close());
        cluster.leave();
    }

    @BeforeEach
    void find() {
        freshness.databaseTimeIs(NOW * 1_000);
        lookup = CredentialLookup.shared(
                vertx,
                new LookupSettings(freshness, 1_000, new SimpleMeterRegistry()),
                TokenState.class,
                shared,
                new IssuerClient(vertx, new LoneNode("node")));
        assertThat(await(lookup.find(TOKEN))).isPresent();
        assertThat(isKnown()).isTrue();
    }

    private boolean isKnown() {
        return lookup.cached(TOKEN) != null;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void cachedToken_isUsable_whileTheProcessReceivesChanges() {
        for (int second = 0; second < 500; second++) {
            pass(Duration.ofSeconds(1));
            freshness.receivedUntil(nanos.get());
            assertThat(isKnown()).as("after %d s", second).isTrue();
        }
    }

    @Test
    void cachedToken_expiresAfterTenMinutes() {
        pass(Duration.ofMinutes(10));
        freshness.receivedUntil(nanos.get());
        assertThat(isKnown()).isFalse();
    }

    @Test
    void cachedToken_isUsableForMaxStale_afterTheLastChange() {
        pass(MAX_STALE);
        assertThat(isKnown()).isTrue();
        pass(Duration.ofNanos(1));
        assertThat(isKnown()).isFalse();
        freshness.receivedUntil(nanos.get());
        assertThat(isKnown()).isTrue();
    }

    /** The message about a revocation just before the outage may have been lost. The shared cache has its tombstone. */
    @Test
    void cachedToken_isUsableForTenSeconds_duringAnOutageOfPostgresql() {
        pass(Duration.ofSeconds(10));
        freshness.nothingChangedUntil(nanos.get());
        assertThat(isKnown()).isTrue();
        pass(Duration.ofNanos(1));
        assertThat(isKnown()).isFalse();
        assertThat(await(lookup.find(TOKEN))).isPresent();
        assertThat(isKnown()).isTrue();
    }

    @Test
    void invalidatedToken_isEvicted() {
        lookup.invalidate(List.of(TOKEN));
        assertThat(isKnown()).isFalse();
    }
}
