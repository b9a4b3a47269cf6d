package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds a configured plugin of a Service, a Route, a Consumer, a combination of these, or of all requests.
 *
 * @param name of the plugin, such as {@code oauth2}
 * @param config checked by the plugin's own schema
 * @param protocols the protocols for which it is configured; it does not run on those of connections
 */
public record Plugin(
        UUID id,
        String name,
        Document config,
        @Nullable UUID serviceId,
        @Nullable UUID routeId,
        @Nullable UUID consumerId,
        Set<String> protocols,
        boolean enabled) {

    /** Returns the plugin with another configuration. */
    public Plugin with(Document newConfig) {
        return new Plugin(id, name, newConfig, serviceId, routeId, consumerId, protocols, enabled);
    }

    public static Plugin of(Document document) {
        return new Plugin(
                document.id(),
                document.string("name"),
                document.record("config"),
                document.reference("service"),
                document.reference("route"),
                document.reference("consumer"),
                Set.copyOf(document.strings("protocols")),
                document.flag("enabled"));
    }
}
