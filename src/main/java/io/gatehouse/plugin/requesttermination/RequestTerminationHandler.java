package io.gatehouse.plugin.requesttermination;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.syntax.form.UrlEncoded;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.syntax.HeaderText;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code request-termination} plugin. Runs after all others, in the upstream's place. */
public final class RequestTerminationHandler implements PluginHandler {
    /** A larger body cannot be echoed. */
    private static final int BODY_LIMIT = 64 * 1024;

    private final RequestTerminationConfig config;
    private final Future<Outcome> answer;

    private RequestTerminationHandler(RequestTerminationConfig config) {
        this.config = config;
        this.answer = Future.succeededFuture(new Outcome.Answer(
                config.statusCode(),
                config.contentType() == null ? Map.of() : Map.of("Content-Type", HeaderText.of(config.contentType())),
                config.mayHaveContent() ? content(config) : Buffer.buffer()));
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
        String trigger = config.trigger();
        if (trigger != null && !isTriggered(exchange, trigger)) {
            return CONTINUE;
        }
        return config.echo() && config.mayHaveContent() ? echo(exchange) : answer;
    }

    private static boolean isTriggered(Exchange exchange, String trigger) {
        return exchange.request().headers().contains(trigger)
                || UrlEncoded.all(exchange.query()).containsKey(trigger);
    }

    private Future<Outcome> echo(Exchange exchange) {
        if (!exchange.isBodyRead() && !exchange.mayHaveBody()) {
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
        return new Outcome.Answer(
                config.statusCode(),
                Map.of(),
                RequestEcho.of(exchange, config.message(), body).toBuffer());
    }
}
