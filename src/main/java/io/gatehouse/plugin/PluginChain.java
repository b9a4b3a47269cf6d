package io.gatehouse.plugin;

import io.vertx.core.Future;
import java.util.List;

/**
 * Runs the plugins of a route in order.
 *
 * <p><i>Threading</i>: runs for every proxied request. Handlers that complete synchronously are called in a loop without
 * allocation.
 */
public final class PluginChain {
    private final PluginHandler[] handlers;

    public PluginChain(List<PluginHandler> handlers) {
        this.handlers = handlers.toArray(PluginHandler[]::new);
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

    /** Calls a handler and converts an exception to a failed future. */
    private static Future<Outcome> handle(PluginHandler handler, Exchange exchange) {
        try {
            return handler.handle(exchange);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }
}
