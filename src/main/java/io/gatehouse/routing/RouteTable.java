package io.gatehouse.routing;

import io.gatehouse.entity.Route;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.RouteSyntax;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which route a request takes (contract/proxy.md §1). Immutable: it is built anew when the configuration changes, and
 * everything that can be decided then is. Runs for every proxied request.
 *
 * @param <T> what the proxy prepares for a route
 */
public final class RouteTable<T> {

    /** A route, and what the proxy prepared for it. */
    public record Entry<T>(Route route, T target) {}

    /** Candidates in order of precedence, with their place in the order of all. */
    private record Ranked<T>(int rank, Candidate<T> candidate) {}

    private final Map<String, List<Ranked<T>>> byHost;
    private final List<Ranked<T>> others;

    private RouteTable(Map<String, List<Ranked<T>>> byHost, List<Ranked<T>> others) {
        this.byHost = byHost;
        this.others = others;
    }

    /**
     * The table of these routes.
     *
     * @throws IllegalArgumentException when a route has what {@link RouteSyntax} refuses. Leaving it out instead would
     *     hand its requests to another route, perhaps one that asks for no token.
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
            if (host == null) {
                others.add(ranked);
            } else {
                byHost.computeIfAbsent(host, key -> new ArrayList<>()).add(ranked);
            }
        }
        byHost.replaceAll((host, ranked) -> List.copyOf(ranked));
        return new RouteTable<>(Map.copyOf(byHost), List.copyOf(others));
    }

    private static <T> List<Candidate<T>> candidates(Entry<T> entry) {
        try {
            return Candidate.allOf(entry.route(), entry.target());
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("route " + entry.route().id() + ": " + e.getMessage(), e);
        }
    }

    /**
     * The first route in precedence that serves the request. When there is none, the first that would over TLS, with
     * {@link RouteMatch#needsHttps()}; else null.
     */
    public @Nullable RouteMatch<T> match(RouteRequest request) {
        Protocol protocol = Protocol.of(request.scheme());
        return protocol == null ? null : firstMatch(request, protocol, named(request.authority()));
    }

    private List<Ranked<T>> named(@Nullable Authority authority) {
        return authority == null ? List.of() : byHost.getOrDefault(authority.host(), List.of());
    }

    /** Walks two lists as if they were one: the candidates that name the request's host, and those that name none. */
    private @Nullable RouteMatch<T> firstMatch(RouteRequest request, Protocol protocol, List<Ranked<T>> named) {
        RouteMatch<T> overTls = null;
        int nextNamed = 0;
        int nextOther = 0;
        while (nextNamed < named.size() || nextOther < others.size()) {
            boolean isNamedFirst = nextOther == others.size()
                    || (nextNamed < named.size()
                            && named.get(nextNamed).rank()
                                    < others.get(nextOther).rank());
            Candidate<T> candidate = (isNamedFirst ? named.get(nextNamed++) : others.get(nextOther++)).candidate();
            if (candidate.serves(protocol)) {
                RouteMatch<T> match = candidate.match(request, protocol);
                if (match != null) {
                    return match;
                }
            } else if (overTls == null && candidate.serves(protocol.overTls())) {
                overTls = candidate.match(request, protocol);
            }
        }
        return overTls;
    }
}
