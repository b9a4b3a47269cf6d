package io.gatehouse.plugin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names a request header of a plugin's configuration. As in Kong, a name with underscores means the header with hyphens too, if
 * the request does not have the exact one.
 *
 * @param hyphens the name with hyphens; null if it has no underscore
 */
public record HeaderName(String name, @Nullable String hyphens) {

    public static HeaderName of(String name) {
        return new HeaderName(name, name.indexOf('_') < 0 ? null : name.replace('_', '-'));
    }

    /** Returns the values in order; empty if the request has none. */
    public List<String> values(Exchange exchange) {
        List<String> values = exchange.headers(name);
        return values.isEmpty() && hyphens != null ? exchange.headers(hyphens) : values;
    }

    /** Removes the header from the forwarded request, in both spellings: the upstream may treat them alike. */
    public void hide(Exchange exchange) {
        exchange.hideHeader(name);
        if (hyphens != null) {
            exchange.hideHeader(hyphens);
        }
    }
}
