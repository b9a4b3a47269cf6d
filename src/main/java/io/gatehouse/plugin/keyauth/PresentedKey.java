package io.gatehouse.plugin.keyauth;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.HeaderName;
import io.gatehouse.syntax.HeaderValue;
import io.gatehouse.syntax.form.UrlEncoded;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the key that a request presents.
 *
 * @param key the name of the header, parameter or field that carries the key
 * @param values empty without a key; more than one if the key is ambiguous
 * @param isText false if the bytes of the query are not UTF-8, so that they are no key
 */
record PresentedKey(HeaderName key, List<String> values, boolean isText) {
    private static final PresentedKey NONE = new PresentedKey(HeaderName.of(""), List.of(), true);

    /** Searches each name in the header, then the query, then the body if it was read; the first match is used. */
    static PresentedKey find(KeyAuthConfig config, Exchange exchange, @Nullable KeyedBody body) {
        for (HeaderName key : config.keyNames()) {
            String name = key.name();
            List<String> values = config.keyInHeader() ? HeaderValue.texts(key.values(exchange)) : List.of();
            boolean isText = true;
            if (values.isEmpty() && config.keyInQuery()) {
                values = UrlEncoded.values(exchange.query(), name);
                isText = values.stream().noneMatch(UrlEncoded::isReplaced);
            }
            if (values.isEmpty() && body != null) {
                values = body.values(name);
            }
            if (!values.isEmpty()) {
                return new PresentedKey(key, values, isText);
            }
        }
        return NONE;
    }

    /** Removes the name from the header, the query and the body of the forwarded request. */
    void hide(Exchange exchange, @Nullable KeyedBody body) {
        String name = key.name();
        key.hide(exchange);
        String query = exchange.query();
        if (query != null) {
            exchange.query(UrlEncoded.without(query, name));
        }
        if (body != null) {
            exchange.body(body.without(name));
        }
    }
}
