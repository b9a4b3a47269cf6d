package io.gatehouse.plugin;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins of a route in the order they run. Runs for every proxied request: handlers that answer at once are called
 * one after the other without anything being allocated.
 */
public final class PluginChain {
    private static final Failures UNCOUNTED = (plugin, failure) -> {};

    public static final PluginChain EMPTY = new PluginChain(List.of());

    private static final Logger LOG = LoggerFactory.getLogger(PluginChain.class);

    private final PluginHandler[] handlers;
    private final String[] names;
    private final Failures failures;
    private final Responder[] responders;
    private final LogPhase[] loggers;
    private final boolean traces;

    /** Holds the response phase of a plugin, and the receiver of its failures. */
    private record Responder(ResponsePhase phase, Consumer<Throwable> failures) {
        void respond(Exchange exchange, PluginResponse response) {
            response.failures(failures);
            try {
                phase.respond(exchange, response);
            } catch (ReplacedResponse other) {
                throw other;
            } catch (RuntimeException e) {
                failures.accept(e);
                throw e;
            }
        }
    }

    /** Receives the failures of plugins, rejections of clients included. */
    @FunctionalInterface
    public interface Failures {
        void failed(String plugin, Throwable failure);
    }

    /** Creates a chain whose failures are not counted. */
    public PluginChain(List<PluginHandler> handlers) {
        this(handlers, handlers.stream().map(handler -> "").toList(), UNCOUNTED);
    }

    /** {@code names} are those of the handlers' plugins. */
    public PluginChain(List<PluginHandler> handlers, List<String> names, Failures failures) {
        this.names = names.toArray(String[]::new);
        this.failures = failures;
        this.handlers = handlers.toArray(PluginHandler[]::new);
        this.responders = responders(handlers, names, failures);
        this.loggers = handlers.stream()
                .map(PluginHandler::logPhase)
                .filter(Objects::nonNull)
                .toArray(LogPhase[]::new);
        this.traces = handlers.stream().anyMatch(PluginHandler::traces);
    }

    private static Responder[] responders(List<PluginHandler> handlers, List<String> names, Failures failures) {
        List<Responder> responders = new ArrayList<>();
        for (int i = 0; i < handlers.size(); i++) {
            ResponsePhase phase = handlers.get(i).responsePhase();
            String name = names.get(i);
            if (phase != null) {
                responders.add(new Responder(phase, failure -> failures.failed(name, failure)));
            }
        }
        return responders.toArray(Responder[]::new);
    }

    /** Whether a plugin changes responses. */
    public boolean responds() {
        return responders.length > 0;
    }

    /** Runs the plugins that change responses, whether or not the request reached them. A plugin that throws fails the request. */
    public void respond(Exchange exchange, PluginResponse response) {
        for (Responder responder : responders) {
            responder.respond(exchange, response);
        }
    }

    /** Whether a plugin logs requests. */
    public boolean logs() {
        return loggers.length > 0;
    }

    /** Passes a finished request to the plugins that log. The failure of one is logged and does not keep it from the others. */
    public void log(FinishedRequest request) {
        for (LogPhase logger : loggers) {
            try {
                logger.log(request);
            } catch (RuntimeException e) {
                LOG.error("request {}: a plugin failed to log it", request.requestId(), e);
            }
        }
    }

    /** Whether one of the plugins traces requests. */
    public boolean traces() {
        return traces;
    }

    /** Whether one of the plugins serves the route's metadata. */
    public boolean servesMetadata() {
        return Arrays.stream(handlers).anyMatch(PluginHandler::servesMetadata);
    }

    /** Runs the plugins until one responds or fails, and tells the later ones that they are skipped. */
    public Future<Outcome> run(Exchange exchange) {
        return runFrom(0, exchange);
    }

    /** Tells all plugins that they are skipped: the gateway has rejected the request. */
    public void skip(Exchange exchange) {
        skipFrom(0, exchange);
    }

    private Future<Outcome> runFrom(int first, Exchange exchange) {
        for (int i = first; i < handlers.length; i++) {
            Future<Outcome> outcome = handle(handlers[i], exchange);
            if (!outcome.succeeded()) {
                int next = i + 1;
                String name = names[i];
                if (outcome.isComplete()) {
                    failures.failed(name, outcome.cause());
                    skipFrom(next, exchange);
                    return outcome;
                }
                return outcome.onFailure(failure -> {
                            failures.failed(name, failure);
                            skipFrom(next, exchange);
                        })
                        .compose(done -> runAfter(done, next, exchange));
            }
            if (!(outcome.result() instanceof Outcome.Continue)) {
                skipFrom(i + 1, exchange);
                return outcome;
            }
        }
        return PluginHandler.CONTINUE;
    }

    private Future<Outcome> runAfter(Outcome outcome, int next, Exchange exchange) {
        if (outcome instanceof Outcome.Continue) {
            return runFrom(next, exchange);
        }
        skipFrom(next, exchange);
        return Future.succeededFuture(outcome);
    }

    /** The failure of a skipped handler is logged: the response is decided. */
    private void skipFrom(int first, Exchange exchange) {
        for (int i = first; i < handlers.length; i++) {
            try {
                handlers[i].skipped(exchange);
            } catch (RuntimeException e) {
                LOG.error("request {}: the skipped plugin {} failed", exchange.requestId(), names[i], e);
            }
        }
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
