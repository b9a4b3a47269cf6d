package io.gatehouse.plugin.log;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.LogPhase;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginHandler;
import io.vertx.core.Future;

/** Passes each request that has ended to a queue. */
final class LoggingHandler implements PluginHandler {
    private final LogPhase log;

    LoggingHandler(LogPhase log) {
        this.log = log;
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        return CONTINUE;
    }

    @Override
    public LogPhase logPhase() {
        return log;
    }
}
