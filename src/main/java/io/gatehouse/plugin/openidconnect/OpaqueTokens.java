package io.gatehouse.plugin.openidconnect;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.openidconnect.provider.AcceptedCredentials;
import io.gatehouse.plugin.openidconnect.provider.CacheTimes;
import io.gatehouse.plugin.openidconnect.provider.InFlight;
import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.plugin.openidconnect.provider.TokenQuestion;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Checks access tokens by asking the provider: the methods {@code introspection} and {@code userinfo}. Results are cached.
 *
 * <p><i>Invariant</i>: only a text of the characters of RFC 6750 §2.1 is sent to the provider.
 */
final class OpaqueTokens implements BearerMethod {
    private static final int MAX_TOKEN = 16 * 1024;
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private final TokenQuestion question;
    private final String owner;
    private final AcceptedCredentials accepted;
    private final CacheTimes times;
    private final InFlight inFlight;
    private final double leeway;

    /** {@code owner} names the method and the configuration, for which alone a result is valid. */
    OpaqueTokens(
            TokenQuestion question,
            String owner,
            AcceptedCredentials accepted,
            CacheTimes times,
            InFlight inFlight,
            double leeway) {
        this.question = question;
        this.owner = owner;
        this.accepted = accepted;
        this.times = times;
        this.inFlight = inFlight;
        this.leeway = leeway;
    }

    @Override
    public Future<Optional<Authenticated>> check(Exchange exchange, String token) {
        if (token.length() > MAX_TOKEN || !TOKEN.matcher(token).matches()) {
            return Future.failedFuture(new InvalidToken("the token has other characters, or too many"));
        }
        CredentialDigest key = accepted.key(owner, token);
        String address = exchange.clientAddress();
        String requestId = exchange.requestId();
        return accepted.find(key, times, () -> inFlight.send(address, () -> question.ask(token, requestId)))
                .transform((found, failure) -> {
                    if (failure instanceof InvalidToken) {
                        return Future.succeededFuture(Optional.empty());
                    }
                    if (failure != null) {
                        return Future.failedFuture(failure);
                    }
                    return found.isTimely(leeway)
                            ? Future.succeededFuture(Optional.of(Authenticated.ofToken(token, found.claims(), null)))
                            : Future.failedFuture(new InvalidToken("expired or not yet valid"));
                });
    }
}
