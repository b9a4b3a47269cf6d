package io.gatehouse.plugin;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the configuration of a plugin that belongs to the Consumer of the request.
 *
 * <p>The Consumer is the one that is authenticated when it is the plugin's turn. A plugin that runs before authentication has no
 * Consumer, as in Kong.
 */
public final class PerConsumer implements PluginHandler {
    private final List<Map<UUID, PluginHandler>> ofConsumers;
    private final @Nullable PluginHandler common;

    /**
     * Creates a handler.
     *
     * @param ofConsumers by the Consumer's id; the first that has the Consumer is used
     * @param common for every other request; null: it continues
     */
    public PerConsumer(List<Map<UUID, PluginHandler>> ofConsumers, @Nullable PluginHandler common) {
        this.ofConsumers = List.copyOf(ofConsumers);
        this.common = common;
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        PluginHandler handler = handler(exchange.identity());
        return handler == null ? CONTINUE : handler.handle(exchange);
    }

    @Override
    public void skipped(Exchange exchange) {
        PluginHandler handler = handler(exchange.identity());
        if (handler != null) {
            handler.skipped(exchange);
        }
    }

    private @Nullable PluginHandler handler(@Nullable Identity identity) {
        if (identity != null && identity.consumerId() != null) {
            for (Map<UUID, PluginHandler> handlers : ofConsumers) {
                PluginHandler handler = handlers.get(identity.consumerId());
                if (handler != null) {
                    return handler;
                }
            }
        }
        return common;
    }

    /** The Consumer is the one of the finished authentication, also for a plugin that runs before it. */
    @Override
    public @Nullable ResponsePhase responsePhase() {
        return all().allMatch(handler -> handler.responsePhase() == null)
                ? null
                : (exchange, response) -> {
                    PluginHandler handler = handler(exchange.identity());
                    ResponsePhase phase = handler == null ? null : handler.responsePhase();
                    if (phase != null) {
                        phase.respond(exchange, response);
                    }
                };
    }

    @Override
    public @Nullable LogPhase logPhase() {
        return all().allMatch(handler -> handler.logPhase() == null)
                ? null
                : request -> {
                    PluginHandler handler = handler(request.identity());
                    LogPhase phase = handler == null ? null : handler.logPhase();
                    if (phase != null) {
                        phase.log(request);
                    }
                };
    }

    @Override
    public Collection<String> secretNames() {
        return all().flatMap(handler -> handler.secretNames().stream()).toList();
    }

    @Override
    public Collection<String> secretsWritten() {
        return all().flatMap(handler -> handler.secretsWritten().stream()).toList();
    }

    private Stream<PluginHandler> all() {
        return Stream.concat(
                ofConsumers.stream().flatMap(handlers -> handlers.values().stream()), Stream.ofNullable(common));
    }

    /** Before authentication the Consumer is not known, so one configuration that traces is enough. */
    @Override
    public boolean traces() {
        return all().anyMatch(PluginHandler::traces);
    }

    @Override
    public boolean servesMetadata() {
        return common != null && common.servesMetadata();
    }
}
