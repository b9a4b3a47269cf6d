package io.gatehouse.routing;

import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.RouteSyntax;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first of many routes that matches a request. Runs for every proxied request.
 *
 * <p><i>Threading</i>: immutable.
 */
final class RouteIndex<T> {

    /** A candidate and its rank among all. */
    private record Ranked<T>(int rank, Candidate<T> candidate) {}

    /** Holds a match and the candidate that it is of. */
    record Found<T>(Candidate<T> candidate, RouteMatch<T> match) {}

    private final Map<String, Shelf<T>> byHost;
    private final Shelf<T> others;

    private RouteIndex(Map<String, Shelf<T>> byHost, Shelf<T> others) {
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

    /** Returns the index of these routes. Throws {@link IllegalArgumentException} if {@link RouteSyntax} rejects one. */
    static <T> RouteIndex<T> of(Collection<RouteTable.Entry<T>> entries) {
        List<Candidate<T>> candidates = new ArrayList<>(entries.size());
        for (RouteTable.Entry<T> entry : entries) {
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
        return new RouteIndex<>(Map.copyOf(shelves), Shelf.of(others));
    }

    private static <T> List<Candidate<T>> candidates(RouteTable.Entry<T> entry) {
        try {
            return Candidate.allOf(entry.route(), entry.target());
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("route " + entry.route().id() + ": " + e.getMessage(), e);
        }
    }

    /** Returns the first route in precedence that matches the request and is not hidden; null if there is none. */
    @Nullable
    Found<T> find(RouteRequest request, Set<UUID> hidden) {
        Search<T> search = search(request, hidden);
        Candidate<T> candidate = search.candidate;
        RouteMatch<T> match = search.match;
        return candidate == null || match == null ? null : new Found<>(candidate, match);
    }

    /** Returns the first route in precedence that matches the request; null if there is none. */
    @Nullable
    RouteMatch<T> match(RouteRequest request) {
        return search(request, Set.of()).match;
    }

    private Search<T> search(RouteRequest request, Set<UUID> hidden) {
        Search<T> search = new Search<>(request, hidden);
        Authority authority = request.authority();
        Shelf<T> named = authority == null ? null : byHost.get(authority.host());
        if (named != null) {
            search.in(named);
        }
        search.in(others);
        return search;
    }

    /** The best match so far. */
    private static final class Search<T> implements Consumer<List<Ranked<T>>> {
        private final RouteRequest request;
        private final Set<UUID> hidden;
        private int rank = Integer.MAX_VALUE;
        private @Nullable Candidate<T> candidate;
        private @Nullable RouteMatch<T> match;

        Search(RouteRequest request, Set<UUID> hidden) {
            this.request = request;
            this.hidden = hidden;
        }

        void in(Shelf<T> shelf) {
            shelf.byPrefix().forEachPrefixOf(request.path(), this);
            accept(shelf.rest());
        }

        /** Searches one list until no better match can follow. */
        @Override
        public void accept(List<Ranked<T>> ranked) {
            for (int i = 0; i < ranked.size() && ranked.get(i).rank() < rank; i++) {
                Candidate<T> next = ranked.get(i).candidate();
                RouteMatch<T> found = hidden.contains(next.routeId()) ? null : next.match(request);
                if (found != null) {
                    rank = ranked.get(i).rank();
                    candidate = next;
                    match = found;
                }
            }
        }
    }
}
