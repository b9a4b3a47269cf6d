package io.gatehouse.plugin.openidconnect;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.HeaderName;
import io.gatehouse.plugin.openidconnect.provider.Accepted;
import io.gatehouse.plugin.openidconnect.provider.AcceptedCredentials;
import io.gatehouse.plugin.openidconnect.provider.CacheTimes;
import io.gatehouse.plugin.openidconnect.provider.InFlight;
import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges refresh tokens of clients at the token endpoint of the provider: the method {@code refresh_token}. The result is cached under
 * a code of the refresh token, because many providers accept it once.
 *
 * <p><i>Invariant</i>: only a text of the characters of RFC 6749 appendix A.17 is sent to the provider, and the upstream never receives it.
 */
final class RefreshTokens {
    private static final int MAX_TOKEN = 16 * 1024;
    private static final String USUAL_NAME = "refresh_token";

    private final CredentialGrants grants;
    private final String owner;
    private final AcceptedCredentials accepted;
    private final CacheTimes times;
    private final InFlight inFlight;
    private final HeaderName header;
    /** The response header of a refresh token that replaces the client's; null if the client does not receive it. */
    private final @Nullable String downstream;

    /** {@code owner} names the configuration, for which alone a result is valid. */
    RefreshTokens(
            CredentialGrants grants, String owner, AcceptedCredentials accepted, InFlight inFlight, Document config) {
        this.grants = grants;
        this.owner = owner;
        this.accepted = accepted;
        this.inFlight = inFlight;
        this.times = CacheTimes.of(config, "cache_tokens");
        this.header = HeaderName.of(
                Objects.requireNonNullElse(config.optionalString("refresh_token_param_name"), USUAL_NAME));
        this.downstream = config.optionalString("downstream_refresh_token_header");
    }

    /** Returns the names of the headers that contain refresh tokens. */
    Collection<String> secretNames() {
        return Stream.concat(Stream.of(header.name()), Stream.ofNullable(downstream))
                .toList();
    }

    void hide(Exchange exchange) {
        header.hide(exchange);
    }

    /**
     * Exchanges the refresh token of a request; null if the request has none. Fails with {@link InvalidToken}, or with another failure if
     * the token cannot be exchanged now.
     */
    @Nullable
    Future<Authenticated> check(Exchange exchange) {
        List<String> values = header.values(exchange);
        if (values.isEmpty()) {
            return null;
        }
        if (values.size() > 1 || !isToken(values.get(0))) {
            return Future.failedFuture(new InvalidToken("the refresh token has other characters, or too many"));
        }
        String token = values.get(0);
        CredentialDigest key = accepted.key(owner, token);
        String address = exchange.clientAddress();
        String requestId = exchange.requestId();
        return accepted.find(key, times, () -> inFlight.send(address, () -> grants.refresh(token, requestId)))
                .map(found -> {
                    respond(exchange, token, found);
                    return Authenticated.ofRefresh(found);
                });
    }

    private static boolean isToken(String text) {
        return !text.isEmpty() && text.length() <= MAX_TOKEN && text.chars().allMatch(c -> c >= ' ' && c < 127);
    }

    /** Sends the new refresh token with each response, because the client may not receive the first one. */
    private void respond(Exchange exchange, String presented, Accepted found) {
        String name = downstream;
        String replaced = found.refreshToken();
        if (name != null && replaced != null && !replaced.equals(presented)) {
            exchange.editResponseHead(headers -> headers.set(name, replaced).set("Cache-Control", "no-store"));
        }
    }
}
