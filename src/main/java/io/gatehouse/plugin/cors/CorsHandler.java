package io.gatehouse.plugin.cors;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.schema.Document;
import io.gatehouse.syntax.HeaderText;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Implements the CORS protocol: the {@code cors} plugin.
 *
 * <p><i>Why</i>: it runs before authentication. Browsers send preflights without credentials, and need the headers on error
 * responses too.
 */
public final class CorsHandler implements PluginHandler {
    private final AllowedOrigins origins;
    private final @Nullable String allowedHeaders;
    private final @Nullable String exposedHeaders;
    private final @Nullable String methods;
    private final @Nullable String maxAge;
    private final boolean privateNetwork;
    private final boolean preflightContinue;
    private final boolean allowOriginAbsent;

    private CorsHandler(Document config) {
        this.origins = new AllowedOrigins(config.strings("origins"), config.flag("credentials"));
        this.allowedHeaders = joined(config.strings("headers"));
        this.exposedHeaders = joined(config.strings("exposed_headers"));
        this.methods = joined(config.strings("methods"));
        this.maxAge = config.get("max_age") == null
                ? null
                : Long.toString(config.number("max_age").longValue());
        this.privateNetwork = config.flag("private_network");
        this.preflightContinue = config.flag("preflight_continue");
        this.allowOriginAbsent = config.flag("allow_origin_absent");
    }

    public static PluginFactory factory() {
        return (Plugin plugin, Catalog catalog) -> new CorsHandler(plugin.config());
    }

    private static @Nullable String joined(List<String> values) {
        return values.isEmpty() ? null : HeaderText.of(String.join(",", values));
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        MultiMap request = exchange.request().headers();
        String origin = request.get("origin");
        if (isPreflight(exchange, origin)) {
            // If the upstream handles preflights, its response is forwarded unchanged.
            return preflightContinue ? CONTINUE : Future.succeededFuture(preflight(request, origin));
        }
        addHeaders(exchange, origin);
        return CONTINUE;
    }

    @Override
    public void skipped(Exchange exchange) {
        addHeaders(exchange, exchange.request().getHeader("origin"));
    }

    private void addHeaders(Exchange exchange, @Nullable String origin) {
        if (allowOriginAbsent || (origin != null && !origin.isEmpty())) {
            exchange.editResponseHead(response -> {
                origins.apply(response, origin);
                setIfPresent(response, "Access-Control-Expose-Headers", exposedHeaders);
            });
        }
    }

    private static boolean isPreflight(Exchange exchange, @Nullable String origin) {
        return origin != null
                && exchange.method().equals("OPTIONS")
                && exchange.request().headers().contains("access-control-request-method");
    }

    private Outcome preflight(MultiMap request, @Nullable String origin) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        origins.apply(headers, origin);
        setIfPresent(
                headers,
                "Access-Control-Allow-Headers",
                allowedHeaders == null ? request.get("access-control-request-headers") : allowedHeaders);
        setIfPresent(headers, "Access-Control-Allow-Methods", methods);
        setIfPresent(headers, "Access-Control-Max-Age", maxAge);
        if (privateNetwork && "true".equals(request.get("access-control-request-private-network"))) {
            headers.set("Access-Control-Allow-Private-Network", "true");
        }
        Map<String, String> response = new LinkedHashMap<>();
        headers.forEach(response::put);
        return new Outcome.Response(200, response, Buffer.buffer());
    }

    private static void setIfPresent(MultiMap headers, String name, @Nullable String value) {
        if (value != null) {
            headers.set(name, value);
        }
    }
}
