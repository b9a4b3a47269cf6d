package io.gatehouse.catalog;

import java.util.Set;
import java.util.UUID;

/**
 * Holds what differs between two versions of the configuration.
 *
 * @param routes the ids of the routes that were written or removed, or whose Service or plugins were
 * @param plugins the ids of the plugins that were written or removed
 */
public record RouteChanges(Set<UUID> routes, Set<UUID> plugins) {}
