package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.schema.Document;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sends tokens to the upstream. A client's headers of these names never reach it, except {@code Authorization}: a client may send its own
 * token in it, and {@code hide_credentials} decides whether the upstream receives it.
 *
 * @param access the header of the access token; null if it is not sent
 * @param prefix of the access token
 * @param id the header of the ID token; null if it is not sent
 * @param names of both
 */
record UpstreamTokens(
        @Nullable String access, String prefix, @Nullable String id, List<String> names) {
    private static final String BEARER = ":bearer";
    private static final String AUTHORIZATION = "authorization";

    static UpstreamTokens of(Document config) {
        String access = config.optionalString("upstream_access_token_header");
        String id = config.optionalString("upstream_id_token_header");
        if (access == null || !access.endsWith(BEARER)) {
            return of(access, "", id);
        }
        return of(access.substring(0, access.length() - BEARER.length()), "Bearer ", id);
    }

    private static UpstreamTokens of(@Nullable String access, String prefix, @Nullable String id) {
        return new UpstreamTokens(
                access,
                prefix,
                id,
                Stream.concat(Stream.ofNullable(access), Stream.ofNullable(id)).toList());
    }

    void hide(Exchange exchange) {
        for (String name : names) {
            if (!name.equalsIgnoreCase(AUTHORIZATION)) {
                exchange.hideHeader(name);
            }
        }
    }

    void send(Exchange exchange, Authenticated authenticated) {
        String accessToken = authenticated.accessToken();
        String idToken = authenticated.idToken();
        if (access != null
                && accessToken != null
                && !(authenticated.isPresented() && access.equalsIgnoreCase(AUTHORIZATION))) {
            exchange.upstreamHeader(access, prefix + accessToken);
        }
        if (id != null && idToken != null) {
            exchange.upstreamHeader(id, idToken);
        }
    }
}
