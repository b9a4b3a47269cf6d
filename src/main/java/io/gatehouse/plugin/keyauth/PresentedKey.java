package io.gatehouse.plugin.keyauth;

import io.gatehouse.plugin.EncodedPairs;
import io.gatehouse.plugin.Exchange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The key a request shows.
 *
 * @param name of the header, parameter or field that has it
 * @param values empty: there is none; more than one: nobody can say which counts
 */
record PresentedKey(String name, List<String> values) {
    private static final PresentedKey NONE = new PresentedKey("", List.of());

    /** Looks at each name in turn, in the header, the query, the body if it was read; the first found counts. */
    static PresentedKey find(KeyAuthConfig config, Exchange exchange, @Nullable KeyedBody body) {
        for (String name : config.keyNames()) {
            List<String> values = config.keyInHeader() ? exchange.headers(name) : List.of();
            if (values.isEmpty() && config.keyInQuery()) {
                values = EncodedPairs.values(exchange.query(), name);
            }
            if (values.isEmpty() && body != null) {
                values = body.values(name);
            }
            if (!values.isEmpty()) {
                return new PresentedKey(name, values);
            }
        }
        return NONE;
    }

    /** Takes the name out of everything the upstream gets: it may stand in several places. */
    void hide(Exchange exchange, @Nullable KeyedBody body) {
        exchange.hideHeader(name);
        String query = exchange.query();
        if (query != null) {
            exchange.query(EncodedPairs.without(query, name));
        }
        if (body != null && !body.values(name).isEmpty()) {
            exchange.body(body.without(name));
        }
    }
}
