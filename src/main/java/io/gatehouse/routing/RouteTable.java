package io.gatehouse.routing;

import io.gatehouse.entity.Route;
import io.gatehouse.syntax.RouteSyntax;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Matches a request to a route (docs/reference/proxy.md#matching). Runs for every proxied request.
 *
 * <p><i>Why</i>: to index 100,000 routes takes half a second, and one of them changes more often than all. So the routes of the last changes
 * have an index of their own, and the large one hides what they replace. After {@value #MAX_CHANGES} of them, or an eighth of all, there is one index
 * again.
 *
 * <p><i>Threading</i>: immutable. Each change of the configuration creates a new table.
 *
 * @param <T> the proxy's data for a route
 */
public final class RouteTable<T> {
    private static final int MAX_CHANGES = 256;
    /** The part of the routes that changes before there is one index again. A small one costs little. */
    private static final int MIN_PART = 8;

    /** A route and the proxy's data for it. */
    public record Entry<T>(Route route, T target) {}

    private final Collection<Entry<T>> indexed;
    private final RouteIndex<T> index;
    /** The routes that were written or removed since then. */
    private final Set<UUID> replaced;

    private final Map<UUID, Entry<T>> recent;
    private final RouteIndex<T> recentIndex;

    private RouteTable(
            Collection<Entry<T>> indexed, RouteIndex<T> index, Set<UUID> replaced, Map<UUID, Entry<T>> recent) {
        this.indexed = indexed;
        this.index = index;
        this.replaced = replaced;
        this.recent = recent;
        this.recentIndex = RouteIndex.of(recent.values());
    }

    /**
     * Returns the table of these routes.
     *
     * @throws IllegalArgumentException if {@link RouteSyntax} rejects a route. Without that route its requests would match another
     *     one, which may need no token.
     */
    public static <T> RouteTable<T> of(Collection<Entry<T>> entries) {
        List<Entry<T>> all = List.copyOf(entries);
        return new RouteTable<>(all, RouteIndex.of(all), Set.of(), Map.of());
    }

    /**
     * Returns the table without the routes of the ids, and with these entries.
     *
     * @param changed the ids of all routes that were written or removed
     * @param entries of those of them that the table has now
     * @throws IllegalArgumentException as {@link #of} does
     */
    public RouteTable<T> with(Set<UUID> changed, Collection<Entry<T>> entries) {
        return with(changed, entries, MAX_CHANGES);
    }

    /** {@code maxChanges} is the number of changed routes above which there is one index again. */
    RouteTable<T> with(Set<UUID> changed, Collection<Entry<T>> entries, int maxChanges) {
        Map<UUID, Entry<T>> nextRecent = new HashMap<>(recent);
        nextRecent.keySet().removeAll(changed);
        entries.forEach(entry -> nextRecent.put(entry.route().id(), entry));
        Set<UUID> nextReplaced = new HashSet<>(replaced);
        nextReplaced.addAll(changed);
        // What is replaced stays in memory until then.
        if (nextReplaced.size() <= Math.min(maxChanges, indexed.size() / MIN_PART)) {
            return new RouteTable<>(indexed, index, nextReplaced, nextRecent);
        }
        List<Entry<T>> all = new ArrayList<>(nextRecent.values());
        indexed.stream()
                .filter(entry -> !nextReplaced.contains(entry.route().id()))
                .forEach(all::add);
        return of(all);
    }

    /** Returns the first route in precedence that matches the request, or null. Its {@link ProtocolRule} may reject the request. */
    public @Nullable RouteMatch<T> match(RouteRequest request) {
        if (replaced.isEmpty()) {
            return index.match(request);
        }
        RouteIndex.Found<T> old = index.find(request, replaced);
        RouteIndex.Found<T> changed = recentIndex.find(request, Set.of());
        if (old == null || changed == null) {
            RouteIndex.Found<T> only = old == null ? changed : old;
            return only == null ? null : only.match();
        }
        return Candidate.PRECEDENCE.compare(changed.candidate(), old.candidate()) < 0 ? changed.match() : old.match();
    }
}
