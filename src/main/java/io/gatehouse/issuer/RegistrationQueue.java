package io.gatehouse.issuer;

import io.gatehouse.config.ClusterTimings;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.OAuth2Error;
import io.vertx.core.Future;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Admits a bounded number of registrations (RFC 7591, RFC 7592), and runs their writes one after the other.
 *
 * <p><i>Why</i>: registrations of one plugin, and changes of one client, wait for a lock in PostgreSQL, and each has a connection while it
 * waits. Those that are sent at once would have each connection of the pool, and the issuer would give no token.
 *
 * <p><i>Threading</i>: the verticle's event loop.
 */
final class RegistrationQueue {
    /** Registrations at once, each of which hashes a secret. */
    private static final int MAX_PENDING = 16;

    /**
     * How long after its request a write begins. It leaves time for the write.
     *
     * <p><i>Why</i>: a proxy waits for {@link ClusterTimings#ISSUER_TIMEOUT}. A later write would store a client whose secret reaches no
     * sender, or delete one although the response was 503.
     */
    private static final long MAX_WAIT_NANOS = ClusterTimings.ISSUER_TIMEOUT
            .minus(ClusterTimings.ISSUER_ATTEMPT_TIMEOUT)
            .toNanos();

    private final LongSupplier nanoTime;
    private int pending;
    /** Succeeds once the last write has completed. */
    private Future<Void> last = Future.succeededFuture();

    RegistrationQueue() {
        this(System::nanoTime);
    }

    /** Uses a clock that counts like {@link System#nanoTime()}. */
    RegistrationQueue(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Processes a request. Fails with {@code slow_down} if too many are pending, and with {@link IssuerUnavailable} if the writes before
     * take too long.
     *
     * @param prepare does not wait for the writes of other requests
     * @param write runs after the writes of the requests before, with the result of {@code prepare}
     */
    <P, T> Future<T> admit(Supplier<Future<P>> prepare, Function<P, Future<T>> write) {
        if (pending == MAX_PENDING) {
            return Future.failedFuture(OAuth2Error.SLOW_DOWN.because("Too many clients register at once"));
        }
        pending++;
        long admitted = nanoTime.getAsLong();
        return Future.succeededFuture()
                .compose(begun -> prepare.get())
                .compose(prepared -> inTurn(admitted, () -> write.apply(prepared)))
                .onComplete(done -> pending--);
    }

    /** Processes a request that is a write alone. */
    <T> Future<T> admit(Supplier<Future<T>> write) {
        return admit(() -> Future.<Void>succeededFuture(), nothing -> write.get());
    }

    private <T> Future<T> inTurn(long admitted, Supplier<Future<T>> write) {
        Future<T> written = last.compose(done -> nanoTime.getAsLong() - admitted > MAX_WAIT_NANOS
                ? Future.failedFuture(new IssuerUnavailable("the registrations before take too long"))
                : write.get());
        last = written.transform((result, failure) -> Future.succeededFuture());
        return written;
    }
}
