package io.gatehouse.plugin.requesttermination;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.HeaderValue;
import io.gatehouse.syntax.form.MediaType;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Describes the request that the gateway received and the Route and Service that it matched, for diagnosis. */
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
                .forEach(name -> headers.put(
                        name.toLowerCase(Locale.ROOT), oneOrAll(HeaderValue.texts(exchange.headers(name)))));
        JsonObject request = new JsonObject()
                .put("scheme", exchange.scheme())
                .put("host", authority == null ? null : authority.host())
                .put("port", exchange.request().localAddress().port())
                .put("method", exchange.method())
                .put("path", exchange.path())
                .put("query", pairs(exchange.query()))
                .put("headers", headers)
                .put("raw_body", body == null ? null : body.toString());
        Object parsed = body == null ? null : parsed(exchange, body);
        if (parsed != null) {
            request.put("body", parsed);
        }
        JsonObject echo = new JsonObject()
                .put("message", message)
                .put("request_id", exchange.requestId())
                .put("request", request)
                .put("matched_route", route(exchange.route()));
        Service service = exchange.service();
        return service == null ? echo : echo.put("matched_service", service(service));
    }

    private static JsonObject pairs(@Nullable String encoded) {
        JsonObject pairs = new JsonObject();
        UrlEncoded.all(encoded).forEach((name, values) -> pairs.put(name, oneOrAll(values)));
        return pairs;
    }

    /** Returns a JSON object or list, or the pairs of a form; null for another or a malformed body, as in Kong. */
    private static @Nullable Object parsed(Exchange exchange, Buffer body) {
        String type = MediaType.of(exchange.request().getHeader("content-type")).essence();
        if (type.equals(MediaType.FORM)) {
            return pairs(body.toString(StandardCharsets.ISO_8859_1));
        }
        if (!type.equals(MediaType.JSON)) {
            return null;
        }
        try {
            Object value = Json.decodeValue(body);
            return (value instanceof JsonObject || value instanceof JsonArray) && isWritable(value) ? value : null;
        } catch (DecodeException malformed) {
            return null;
        }
    }

    /** Whether the value can be written two levels deeper: the depth of JSON that is written has a limit. */
    private static boolean isWritable(Object value) {
        try {
            return !JsonArray.of(JsonArray.of(value)).encode().isEmpty();
        } catch (EncodeException tooDeep) {
            return false;
        }
    }

    private static JsonObject route(Route route) {
        return new JsonObject()
                .put("id", route.id().toString())
                .put("name", route.name())
                .put("protocols", sorted(route.protocols()))
                .put("methods", sorted(route.methods()))
                .put("hosts", new JsonArray(route.hosts()))
                .put("paths", new JsonArray(route.paths()))
                .put("headers", new JsonObject(new LinkedHashMap<>(route.headers())))
                .put("snis", sorted(route.snis()))
                .put("strip_path", route.stripPath())
                .put("preserve_host", route.preserveHost())
                .put("regex_priority", route.regexPriority())
                .put("https_redirect_status_code", route.httpsRedirectStatusCode())
                .put(
                        "service",
                        route.serviceId() == null
                                ? null
                                : new JsonObject().put("id", route.serviceId().toString()));
    }

    private static JsonArray sorted(Set<String> values) {
        return new JsonArray(values.stream().sorted().toList());
    }

    private static JsonObject service(Service service) {
        return new JsonObject()
                .put("id", service.id().toString())
                .put("name", service.name())
                .put("protocol", service.protocol())
                .put("host", service.host())
                .put("port", service.port())
                .put("path", service.path());
    }

    /** Returns one value or all. As in Kong, true represents a parameter without a value. */
    private static Object oneOrAll(List<String> values) {
        return values.isEmpty() ? true : values.size() == 1 ? values.get(0) : new JsonArray(values);
    }
}
