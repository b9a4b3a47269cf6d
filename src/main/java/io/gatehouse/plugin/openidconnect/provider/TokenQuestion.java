package io.gatehouse.plugin.openidconnect.provider;

import io.vertx.core.Future;

/** Asks a provider about an access token that only the provider can read. */
public interface TokenQuestion {
    /**
     * Returns what the provider states about the token. Fails with {@link InvalidToken} if the provider rejects it, and with another
     * failure if the provider does not decide.
     *
     * @param token of the characters of RFC 6750 §2.1
     */
    Future<Accepted> ask(String token, String requestId);
}
