package io.gatehouse.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.ClusterTimings;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Tests the order of registrations that an issuer writes, and what becomes of those that wait. */
class RegistrationQueueTest {
    private final AtomicLong nanos = new AtomicLong();
    private final RegistrationQueue queue = new RegistrationQueue(nanos::get);
    private final List<String> written = new ArrayList<>();

    private Future<String> write(String name) {
        written.add(name);
        return Future.succeededFuture(name);
    }

    @Test
    void writes_waitForThoseBefore() {
        Promise<String> slow = Promise.promise();
        Future<String> first = queue.admit(slow::future);
        Future<String> second = queue.admit(() -> write("second"));
        assertThat(written).isEmpty();

        slow.complete("first");

        assertThat(first.result()).isEqualTo("first");
        assertThat(second.result()).isEqualTo("second");
    }

    /** As while a change of the plugin holds its lock: no proxy waits for the response any more, and no client receives the secret. */
    @Test
    void writeWhoseProxyHasTimedOut_isNotRun() {
        Promise<String> slow = Promise.promise();
        Future<String> first = queue.admit(slow::future);
        Future<String> late = queue.admit(() -> write("late"));
        nanos.addAndGet(ClusterTimings.ISSUER_TIMEOUT.toNanos());
        Future<String> next = queue.admit(() -> write("next"));

        slow.fail("PostgreSQL does not respond");

        assertThat(first.failed()).isTrue();
        assertThat(late.cause()).isInstanceOf(IssuerUnavailable.class);
        assertThat(next.result()).isEqualTo("next");
        assertThat(written).containsExactly("next");
    }

    /** The hash of a secret, for which it waits, counts too. */
    @Test
    void wait_beginsWithTheRequest() {
        Promise<String> hash = Promise.promise();
        Future<String> late = queue.admit(hash::future, this::write);
        nanos.addAndGet(ClusterTimings.ISSUER_TIMEOUT.toNanos());

        hash.complete("late");

        assertThat(late.cause()).isInstanceOf(IssuerUnavailable.class);
        assertThat(written).isEmpty();
    }

    @Test
    void requestsBeyondTheLimit_areRefused_untilOthersHaveEnded() {
        Promise<String> slow = Promise.promise();
        for (int i = 0; i < 16; i++) {
            assertThat(queue.admit(slow::future).isComplete()).isFalse();
        }
        assertThat(queue.admit(() -> write("refused")).cause())
                .isInstanceOfSatisfying(
                        OAuth2Exception.class,
                        refused -> assertThat(refused.error()).isEqualTo(OAuth2Error.SLOW_DOWN));

        slow.complete("first");

        assertThat(queue.admit(() -> write("next")).result()).isEqualTo("next");
    }
}
