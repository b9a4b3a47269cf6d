package io.gatehouse.issuer;

import io.gatehouse.oauth.OAuth2Error;
import io.vertx.core.Future;
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

    private int pending;
    /** Succeeds once the last write has completed. */
    private Future<Void> last = Future.succeededFuture();

    /** Processes a request; fails with {@code slow_down} if too many are pending. */
    <T> Future<T> admit(Supplier<Future<T>> request) {
        if (pending == MAX_PENDING) {
            return Future.failedFuture(OAuth2Error.SLOW_DOWN.because("Too many clients register at once"));
        }
        pending++;
        return Future.succeededFuture().compose(admitted -> request.get()).onComplete(done -> pending--);
    }

    /** Runs the write of an admitted request after those before it. */
    <T> Future<T> inTurn(Supplier<Future<T>> write) {
        Future<T> written = last.compose(done -> write.get());
        last = written.transform((result, failure) -> Future.succeededFuture());
        return written;
    }
}
