package io.gatehouse.routing;

import io.gatehouse.entity.Route;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.RouteSyntax;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Matches a request to a route (docs/reference/proxy.md#matching). Runs for every proxied request.
 *
 * <p><i>Threading</i>: immutable. Each change of the configuration builds a new table.
 *
 * @param <T> the proxy's data for a route
 */
public final class RouteTable<T> {

    /** A route and the proxy's data for it. */
    public record Entry<T>(Route route, T target) {}

    /** A candidate and its rank among all. */
    private record Ranked<T>(int rank, Candidate<T> candidate) {}

    private final Map<String, Shelf<T>> byHost;
    private final Shelf<T> others;

    private RouteTable(Map<String, Shelf<T>> byHost, Shelf<T> others) {
        this.byHost = byHost;
        this.others = others;
    }

    /**
     * The candidates of one host, each list in order of precedence. Those with a prefix are indexed by it. Those with a regular
     * expression or without a path are tried in turn.
     */
    private record Shelf<T>(PathTree<List<Ranked<T>>> byPrefix, List<Ranked<T>> rest) {

        static <T> Shelf<T> of(List<Ranked<T>> candidates) {
            Map<String, List<Ranked<T>>> byPrefix = new HashMap<>();
            List<Ranked<T>> rest = new ArrayList<>();
            for (Ranked<T> ranked : candidates) {
                String prefix = ranked.candidate().prefix();
                (prefix == null ? rest : byPrefix.computeIfAbsent(prefix, key -> new ArrayList<>())).add(ranked);
            }
            return new Shelf<>(PathTree.of(byPrefix), List.copyOf(rest));
        }
    }

    /**
     * Returns the table of these routes.
     *
     * @throws IllegalArgumentException if {@link RouteSyntax} rejects a route. Without that route its requests would match another
     *     one, which may need no token.
     */
    public static <T> RouteTable<T> of(List<Entry<T>> entries) {
        List<Candidate<T>> candidates = new ArrayList<>(entries.size());
        for (Entry<T> entry : entries) {
            candidates.addAll(candidates(entry));
        }
        candidates.sort(Candidate.PRECEDENCE);

        Map<String, List<Ranked<T>>> byHost = new HashMap<>();
        List<Ranked<T>> others = new ArrayList<>();
        for (int rank = 0; rank < candidates.size(); rank++) {
            Ranked<T> ranked = new Ranked<>(rank, candidates.get(rank));
            String host = ranked.candidate().indexKey();
            (host == null ? others : byHost.computeIfAbsent(host, key -> new ArrayList<>())).add(ranked);
        }
        Map<String, Shelf<T>> shelves = new HashMap<>();
        byHost.forEach((host, ranked) -> shelves.put(host, Shelf.of(ranked)));
        return new RouteTable<>(Map.copyOf(shelves), Shelf.of(others));
    }

    private static <T> List<Candidate<T>> candidates(Entry<T> entry) {
        try {
            return Candidate.allOf(entry.route(), entry.target());
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("route " + entry.route().id() + ": " + e.getMessage(), e);
        }
    }

    /** Returns the first route in precedence that matches the request, or null. Its {@link ProtocolRule} may reject the request. */
    public @Nullable RouteMatch<T> match(RouteRequest request) {
        Search<T> search = new Search<>(request);
        Authority authority = request.authority();
        Shelf<T> named = authority == null ? null : byHost.get(authority.host());
        if (named != null) {
            search.in(named);
        }
        search.in(others);
        return search.match;
    }

    /** The best match so far. */
    private static final class Search<T> implements Consumer<List<Ranked<T>>> {
        private final RouteRequest request;
        private int rank = Integer.MAX_VALUE;
        private @Nullable RouteMatch<T> match;

        Search(RouteRequest request) {
            this.request = request;
        }

        void in(Shelf<T> shelf) {
            shelf.byPrefix().forEachPrefixOf(request.path(), this);
            accept(shelf.rest());
        }

        /** Searches one list until no better match can follow. */
        @Override
        public void accept(List<Ranked<T>> ranked) {
            for (int i = 0; i < ranked.size() && ranked.get(i).rank() < rank; i++) {
                RouteMatch<T> found = ranked.get(i).candidate().match(request);
                if (found != null) {
                    rank = ranked.get(i).rank();
                    match = found;
                }
            }
        }
    }
}
