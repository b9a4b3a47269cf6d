package io.gatehouse.plugin;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.CredentialState;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.telemetry.RequestTrace;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Looks up the credential of a request for an authentication plugin. */
public final class CredentialCheck {
    private CredentialCheck() {}

    /** Decides by the state of a credential, which is null if no credential has the digest. */
    @FunctionalInterface
    public interface Decision<F extends CredentialState> {
        Future<Outcome> on(@Nullable F state);
    }

    /**
     * Looks up the state and decides: synchronously if it is cached in this process. Fails with {@link
     * ProxyError#TEMPORARILY_UNAVAILABLE} if no issuer responds.
     */
    public static <F extends CredentialState> Future<Outcome> decide(
            Exchange exchange, CredentialLookup<F> credentials, CredentialDigest digest, Decision<F> decision) {
        F cached = credentials.cached(digest);
        if (cached != null) {
            return decision.on(cached);
        }
        return RequestTrace.lookup(exchange.trace(), credentials.find(digest)).transform((found, failure) -> {
            if (failure != null) {
                return Future.failedFuture(
                        failure instanceof IssuerUnavailable ? ProxyError.TEMPORARILY_UNAVAILABLE.failure() : failure);
            }
            return decision.on(found.orElse(null));
        });
    }
}
