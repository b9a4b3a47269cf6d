package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.schema.Document;
import io.vertx.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends claims to the upstream in headers. A client's headers of these names never reach it. */
record UpstreamClaims(List<String> claims, List<String> names) {

    static UpstreamClaims of(Document config) {
        return new UpstreamClaims(config.strings("upstream_headers_claims"), config.strings("upstream_headers_names"));
    }

    void hide(Exchange exchange) {
        names.forEach(exchange::hideHeader);
    }

    void send(Exchange exchange, Map<String, Object> values) {
        for (int i = 0; i < names.size(); i++) {
            String text = text(values.get(claims.get(i)));
            if (text != null) {
                exchange.upstreamHeader(names.get(i), text);
            }
        }
    }

    /** Returns the octets of UTF-8; null for a value that would end or change the header. */
    private static @Nullable String text(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        String text = value instanceof String || value instanceof Number || value instanceof Boolean
                ? value.toString()
                : Json.encode(value);
        return text.chars().anyMatch(Character::isISOControl)
                ? null
                : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
