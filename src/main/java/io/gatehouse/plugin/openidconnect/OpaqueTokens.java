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

/**
 * Checks access tokens by asking the provider: the methods {@code introspection} and {@code userinfo}. Results are cached.
 *
 * <p><i>Invariant</i>: only a text of the characters of RFC 6750 §2.1 is sent to the provider.
 */
final class OpaqueTokens implements BearerMethod {
    private static final int MAX_TOKEN = 16 * 1024;
    private static final String MARKS = "._~+/-";

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
        if (token.length() > MAX_TOKEN || !isToken(token)) {
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

    /** Runs for every request. A regular expression costs ten times as much. */
    private static boolean isToken(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!isLetter && !(c >= '0' && c <= '9') && MARKS.indexOf(c) < 0) {
                return false;
            }
        }
        return end > 0;
    }
}
