package io.gatehouse.plugin.log;

import io.gatehouse.entity.DefaultWorkspace;
import io.gatehouse.entity.Service;
import io.gatehouse.plugin.Identity;
import org.jspecify.annotations.Nullable;

/** Names the entities of a request in metrics by Kong's identifiers, such as {@code service_name_or_host}. */
final class Identifiers {
    private Identifiers() {}

    static @Nullable String service(@Nullable Service service, String identifier) {
        if (service == null) {
            return null;
        }
        return switch (identifier) {
            case "service_id" -> service.id().toString();
            case "service_name" -> service.name();
            case "service_host" -> service.host();
            default -> service.name() == null ? service.host() : service.name();
        };
    }

    static @Nullable String consumer(@Nullable Identity identity, String identifier) {
        if (identity == null) {
            return null;
        }
        return switch (identifier) {
            case "consumer_id" ->
                identity.consumerId() == null ? null : identity.consumerId().toString();
            case "username" -> identity.consumerUsername();
            default -> identity.consumerCustomId();
        };
    }

    static String workspace(String identifier) {
        return identifier.equals("workspace_name") ? DefaultWorkspace.NAME : DefaultWorkspace.ID.toString();
    }
}
