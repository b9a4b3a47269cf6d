package io.gatehouse.plugin;

import io.vertx.core.Future;
import java.util.Arrays;
import java.util.List;

/**
 * The plugins of a route in the order they run. Runs for every proxied request: handlers that answer at once are called
 * one after the other without anything being allocated.
 */
public final class PluginChain {
    private final PluginHandler[] handlers;

    public PluginChain(List<PluginHandler> handlers) {
        this.handlers = handlers.toArray(PluginHandler[]::new);
    }

    /** Whether one of the plugins serves the route's metadata. */
    public boolean servesMetadata() {
        return Arrays.stream(handlers).anyMatch(PluginHandler::servesMetadata);
    }

    /** Runs the plugins until one responds or fails. */
    public Future<Outcome> run(Exchange exchange) {
        return runFrom(0, exchange);
    }

    private Future<Outcome> runFrom(int first, Exchange exchange) {
        for (int i = first; i < handlers.length; i++) {
            Future<Outcome> outcome = handle(handlers[i], exchange);
            if (!outcome.succeeded()) {
                int next = i + 1;
                return outcome.isComplete()
                        ? outcome
                        : outcome.compose(done -> done instanceof Outcome.Continue
                                ? runFrom(next, exchange)
                                : Future.succeededFuture(done));
            }
            if (!(outcome.result() instanceof Outcome.Continue)) {
                return outcome;
            }
        }
        return PluginHandler.CONTINUE;
    }

    /** A handler that throws has failed. Without this the client would wait for a response that never comes. */
    private static Future<Outcome> handle(PluginHandler handler, Exchange exchange) {
        try {
            return handler.handle(exchange);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }
}
