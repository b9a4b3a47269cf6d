package io.gatehouse.plugin.requesttermination;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.HeaderName;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.syntax.HeaderText;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Responds in place of the upstream: the {@code request-termination} plugin. Runs after all other plugins. */
public final class RequestTerminationHandler implements PluginHandler {
    /** Bytes of the largest body that can be echoed. */
    private static final int BODY_LIMIT = 64 * 1024;

    private final RequestTerminationConfig config;
    private final Future<Outcome> response;

    private RequestTerminationHandler(RequestTerminationConfig config) {
        this.config = config;
        this.response = Future.succeededFuture(new Outcome.Response(
                config.statusCode(),
                config.contentType() == null ? Map.of() : Map.of("Content-Type", HeaderText.of(config.contentType())),
                config.mayHaveContent() ? content(config) : Buffer.buffer(),
                config.message()));
    }

    public static PluginFactory factory() {
        return (Plugin plugin, Catalog catalog) -> new RequestTerminationHandler(RequestTerminationConfig.of(plugin));
    }

    private static Buffer content(RequestTerminationConfig config) {
        if (config.body() != null) {
            return Buffer.buffer(config.body());
        }
        return config.message() == null
                ? Buffer.buffer()
                : new JsonObject().put("message", config.message()).toBuffer();
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        HeaderName trigger = config.trigger();
        if (trigger != null && !isTriggered(exchange, trigger)) {
            return CONTINUE;
        }
        return config.echo() && config.mayHaveContent() ? echo(exchange) : response;
    }

    private static boolean isTriggered(Exchange exchange, HeaderName trigger) {
        return !trigger.values(exchange).isEmpty()
                || UrlEncoded.all(exchange.query()).containsKey(trigger.name());
    }

    private Future<Outcome> echo(Exchange exchange) {
        if (!exchange.mayReadBody()) {
            return Future.succeededFuture(echoed(exchange, null));
        }
        return exchange.readBody(BODY_LIMIT)
                .transform((body, failure) -> failure == null
                        ? Future.succeededFuture(echoed(exchange, body))
                        : Future.failedFuture(
                                failure instanceof Exchange.BodyTooLarge
                                        ? ProxyError.PAYLOAD_TOO_LARGE.failure()
                                        : failure));
    }

    private Outcome echoed(Exchange exchange, @Nullable Buffer body) {
        return new Outcome.Response(
                config.statusCode(),
                Map.of(),
                RequestEcho.of(exchange, config.message(), body).toBuffer(),
                config.message());
    }
}
