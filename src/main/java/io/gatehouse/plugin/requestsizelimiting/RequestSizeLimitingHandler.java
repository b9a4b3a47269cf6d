package io.gatehouse.plugin.requestsizelimiting;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.schema.Document;
import io.gatehouse.syntax.Framing;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * Limits the bodies of requests: the {@code request-size-limiting} plugin.
 *
 * <p>A body without an announced length is counted while it is forwarded. The plugin stores no body.
 */
public final class RequestSizeLimitingHandler implements PluginHandler {
    private static final int EXPECTATION_FAILED = 417;
    private static final int LENGTH_REQUIRED = 411;
    private static final long KILO = 1_024;

    private final long limit;
    private final boolean needsLength;
    private final ProxyException tooLarge = ProxyError.PAYLOAD_TOO_LARGE.withMessage("Request size limit exceeded");
    private final ProxyException unexpected = tooLarge.withStatus(EXPECTATION_FAILED);
    private final ProxyException unannounced = ProxyError.PAYLOAD_TOO_LARGE
            .withMessage("A valid Content-Length header is required")
            .withStatus(LENGTH_REQUIRED);

    private RequestSizeLimitingHandler(Document config) {
        long size =
                config.get("allowed_payload_size") == null ? Long.MAX_VALUE : config.integer("allowed_payload_size");
        this.limit = size == Long.MAX_VALUE ? size : size * unit(config.string("size_unit"));
        this.needsLength = config.flag("require_content_length");
    }

    public static PluginFactory factory() {
        return (Plugin plugin, Catalog catalog) -> new RequestSizeLimitingHandler(plugin.config());
    }

    private static long unit(String name) {
        return switch (name) {
            case "megabytes" -> KILO * KILO;
            case "kilobytes" -> KILO;
            default -> 1;
        };
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        Framing framing = exchange.framing();
        if (framing.kind() == Framing.Kind.LENGTH) {
            return framing.length() <= limit ? CONTINUE : reject(exchange);
        }
        if (needsLength) {
            return Future.failedFuture(unannounced);
        }
        Buffer read = exchange.body();
        if (read != null) {
            return read.length() <= limit ? CONTINUE : reject(exchange);
        }
        if (exchange.mayHaveBody()) {
            exchange.limitBody(limit, rejection(exchange));
        }
        return CONTINUE;
    }

    private Future<Outcome> reject(Exchange exchange) {
        return Future.failedFuture(rejection(exchange));
    }

    private ProxyException rejection(Exchange exchange) {
        return "100-continue".equalsIgnoreCase(exchange.request().getHeader("expect")) ? unexpected : tooLarge;
    }
}
