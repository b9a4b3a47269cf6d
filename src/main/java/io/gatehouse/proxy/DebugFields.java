package io.gatehouse.proxy;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.syntax.HeaderText;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/** Names the Route and the Service of a request with {@code Kong-Debug} in its response ({@code proxy.debug-header}). */
final class DebugFields {
    private DebugFields() {}

    /** Adds the fields to the response, whether the upstream or the gateway sends it, if the request asks for them. */
    static void addTo(ProxyExchange exchange, Route route, @Nullable Service service) {
        if (!exchange.request().headers().contains("kong-debug")) {
            return;
        }
        exchange.editResponseHead(headers -> {
            set(headers, "Kong-Route-Id", route.id().toString());
            set(headers, "Kong-Route-Name", route.name());
            set(
                    headers,
                    "Kong-Service-Id",
                    service == null ? null : service.id().toString());
            set(headers, "Kong-Service-Name", service == null ? null : service.name());
        });
    }

    private static void set(MultiMap headers, String name, @Nullable String value) {
        if (value != null) {
            headers.set(name, HeaderText.of(value));
        }
    }
}
