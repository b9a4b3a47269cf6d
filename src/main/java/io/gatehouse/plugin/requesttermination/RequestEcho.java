package io.gatehouse.plugin.requesttermination;

import io.gatehouse.entity.Service;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Describes the request that the gateway received and the Service that it matched, for diagnosis. */
final class RequestEcho {
    private RequestEcho() {}

    /**
     * Describes a request.
     *
     * @param body null if there is none
     */
    static JsonObject of(Exchange exchange, @Nullable String message, @Nullable Buffer body) {
        Authority authority = exchange.authority();
        JsonObject headers = new JsonObject();
        exchange.request()
                .headers()
                .names()
                .forEach(name -> headers.put(name.toLowerCase(Locale.ROOT), oneOrAll(exchange.headers(name))));
        JsonObject query = new JsonObject();
        UrlEncoded.all(exchange.query()).forEach((name, values) -> query.put(name, oneOrAll(values)));
        JsonObject request = new JsonObject()
                .put("scheme", exchange.scheme())
                .put("host", authority == null ? null : authority.host())
                .put("port", exchange.request().localAddress().port())
                .put("method", exchange.method())
                .put("path", exchange.path())
                .put("query", query)
                .put("headers", headers)
                .put("raw_body", body == null ? null : body.toString());
        Service service = exchange.service();
        return new JsonObject()
                .put("message", message)
                .put("request_id", exchange.requestId())
                .put("request", request)
                .put(
                        "matched_service",
                        new JsonObject()
                                .put("id", service.id().toString())
                                .put("name", service.name())
                                .put("protocol", service.protocol())
                                .put("host", service.host())
                                .put("port", service.port())
                                .put("path", service.path()));
    }

    /** Returns one value or all. As in Kong, true represents a parameter without a value. */
    private static Object oneOrAll(List<String> values) {
        return values.isEmpty() ? true : values.size() == 1 ? values.get(0) : new JsonArray(values);
    }
}
