package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A plugin switched on for a Service, a Route, a Consumer, some of these together, or everything.
 *
 * @param name which plugin, such as {@code oauth2}
 * @param config as the plugin's own schema left it
 * @param protocols the request protocols it runs for
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
