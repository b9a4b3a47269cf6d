package io.gatehouse.plugin.correlationid;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.vertx.core.Future;

/** Adds an id to the request and its response: the {@code correlation-id} plugin. Runs before all other plugins. */
public final class CorrelationIdHandler implements PluginHandler {
    private final CorrelationIdConfig config;
    private final Generator generator;

    private CorrelationIdHandler(CorrelationIdConfig config, Generator generator) {
        this.config = config;
        this.generator = generator;
    }

    public static PluginFactory factory() {
        // Created once for the process, so that a change of configuration does not restart the counter.
        Generators generators = new Generators();
        return (Plugin plugin, Catalog catalog) -> {
            CorrelationIdConfig config = CorrelationIdConfig.of(plugin);
            return new CorrelationIdHandler(config, generators.named(config.generator()));
        };
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        identify(exchange);
        return CONTINUE;
    }

    @Override
    public void skipped(Exchange exchange) {
        identify(exchange);
    }

    private void identify(Exchange exchange) {
        String given = exchange.request().getHeader(config.headerName());
        String id = given == null || given.isEmpty() ? generator.next(exchange) : given;
        exchange.correlationId(config.headerName(), id);
        if (config.echoDownstream()) {
            exchange.editResponseHead(response -> response.set(config.headerName(), id));
        }
    }
}
