package io.gatehouse.plugin.openidconnect.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the cache of accepted and rejected credentials (docs/reference/limits.md#plugins). */
class AcceptedCredentialsTest {
    private static final int KIB = 1024;
    private static final CacheTimes HOUR = new CacheTimes(true, 3_600, Double.POSITIVE_INFINITY);

    private final Vertx vertx = Vertx.vertx();
    private final AcceptedCredentials cache = new AcceptedCredentials(vertx, KIB * KIB);
    private final AtomicInteger checks = new AtomicInteger();

    @AfterEach
    void close() {
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private static Accepted accepted(int characters) {
        return new Accepted(Map.of(), characters, Double.POSITIVE_INFINITY, 0, null, null, null);
    }

    /** Returns the result, or the failure. It may arrive on another thread. */
    private Object find(CredentialDigest key, Future<Accepted> result) {
        return outcome(start(key, result));
    }

    private Future<Accepted> start(CredentialDigest key, Future<Accepted> result) {
        return cache.find(key, HOUR, () -> {
            checks.incrementAndGet();
            return result;
        });
    }

    private static Object outcome(Future<Accepted> found) {
        return found.map(Object.class::cast)
                .otherwise(Object.class::cast)
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void resultsAreBoundedByTheirMemory() {
        for (int i = 0; i < 1_000; i++) {
            find(cache.key("owner", "token-" + i), Future.succeededFuture(accepted(KIB)));
        }
        // Its claims may need 8 KiB, and the result 1,500 bytes more.
        assertThat(cache.size()).isBetween(1L, (long) KIB * KIB / (8 * KIB + 1_500));
    }

    @Test
    void noPartOfAKeyReplacesTheBoundaryToTheNext() {
        assertThat(cache.key("ab", "c")).isNotEqualTo(cache.key("a", "bc")).isEqualTo(cache.key("ab", "c"));
        assertThat(cache.key("ab")).isNotEqualTo(new AcceptedCredentials(vertx).key("ab"));
    }

    @Test
    void aRejectionIsCachedAndAnOutageIsNot() {
        CredentialDigest rejected = cache.key("rejected");
        Future<Accepted> rejection = Future.failedFuture(new InvalidToken("of the test"));
        assertThat(find(rejected, rejection)).isInstanceOf(InvalidToken.class);
        assertThat(find(rejected, rejection)).isInstanceOf(InvalidToken.class);
        assertThat(checks).hasValue(1);
        CredentialDigest away = cache.key("away");
        Future<Accepted> outage = Future.failedFuture(new ProviderFailure("of the test"));
        assertThat(find(away, outage)).isInstanceOf(ProviderFailure.class);
        assertThat(find(away, Future.succeededFuture(accepted(1)))).isInstanceOf(Accepted.class);
        assertThat(checks).hasValue(3);
    }

    /** The lock delays the second request between its look into the cache and that for pending checks. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCredentialIsCheckedOnce_whenTheCheckEndsAfterARequestHasMissedTheCache(boolean isAccepted) {
        CredentialDigest key = cache.key("once");
        Promise<Accepted> check = Promise.promise();
        Future<Accepted> first = start(key, check.future());
        CompletableFuture<Object> second = new CompletableFuture<>();
        Thread late = new Thread(() -> second.complete(find(key, check.future())), "late request");
        synchronized (cache) {
            late.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> late.getState() == Thread.State.BLOCKED);
            if (isAccepted) {
                check.complete(accepted(1));
            } else {
                check.fail(new InvalidToken("of the test"));
            }
        }
        Class<?> expected = isAccepted ? Accepted.class : InvalidToken.class;
        assertThat(outcome(first)).isInstanceOf(expected);
        assertThat(second.orTimeout(10, TimeUnit.SECONDS).join()).isInstanceOf(expected);
        assertThat(checks).hasValue(1);
    }

    @Test
    void aResultThatHasExpiredIsNotCached() {
        Accepted expired = new Accepted(Map.of(), 1, 1, 0, null, null, null);
        assertThat(HOUR.life(expired)).isZero();
        assertThat(new CacheTimes(true, 3_600, 60).life(accepted(1))).hasSeconds(60);
        assertThat(new CacheTimes(false, 3_600, 60).life(accepted(1))).isZero();
    }
}
