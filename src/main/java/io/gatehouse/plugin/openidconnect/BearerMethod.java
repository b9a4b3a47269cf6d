package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.Exchange;
import io.vertx.core.Future;
import java.util.Optional;

/** Checks opaque bearer tokens in one way. */
interface BearerMethod {
    /**
     * Checks a token. Empty: this method does not know it, and the next one decides. Fails with {@link
     * io.gatehouse.plugin.openidconnect.provider.InvalidToken} for a token that is known and invalid, and with another failure if it
     * cannot be checked now.
     */
    Future<Optional<Authenticated>> check(Exchange exchange, String token);
}
