package io.gatehouse.routing;

import io.gatehouse.entity.Route;
import io.gatehouse.syntax.ServerNamePattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Matches a connection that is not HTTP to a route (docs/reference/proxy.md#connections). Runs once for each connection.
 *
 * <p><i>Threading</i>: immutable. Each change of the configuration builds a new table.
 *
 * <p><i>Why</i>: as in Kong, the protocols of a route do not decide whether it matches. A connection in clear text must not reach a
 * lower route because the one for it requires TLS.
 *
 * @param <T> the proxy's data for a route
 */
public final class StreamTable<T> {
    /** Collects routes for a table. */
    public static final class Builder<T> {
        private final List<StreamCandidate<T>> candidates = new ArrayList<>();

        /** Adds a route. Throws {@link IllegalArgumentException} and adds nothing if an attribute is malformed. */
        public void add(Route route, T target) {
            candidates.addAll(StreamCandidate.allOf(route, target));
        }

        public StreamTable<T> build() {
            candidates.sort(StreamCandidate.PRECEDENCE);
            Map<String, List<Ranked<T>>> byName = new HashMap<>();
            List<Ranked<T>> others = new ArrayList<>();
            for (int rank = 0; rank < candidates.size(); rank++) {
                Ranked<T> ranked = new Ranked<>(rank, candidates.get(rank));
                String name = ranked.candidate().indexKey();
                (name == null ? others : byName.computeIfAbsent(name, missing -> new ArrayList<>())).add(ranked);
            }
            return new StreamTable<>(byName, others);
        }
    }

    /** A candidate and its rank among all. */
    private record Ranked<T>(int rank, StreamCandidate<T> candidate) {}

    private final Map<String, List<Ranked<T>>> byName;
    private final List<Ranked<T>> others;

    private StreamTable(Map<String, List<Ranked<T>>> byName, List<Ranked<T>> others) {
        this.byName = Map.copyOf(byName);
        this.others = List.copyOf(others);
    }

    /** Returns the data of the first route in precedence that matches; null if none does. */
    public @Nullable T match(StreamPeers peers) {
        String name = peers.serverName() == null ? null : ServerNamePattern.normal(peers.serverName());
        Ranked<T> named = name == null ? null : first(byName.getOrDefault(name, List.of()), peers, name);
        Ranked<T> other = first(others, peers, name);
        if (named == null || (other != null && other.rank() < named.rank())) {
            return other == null ? null : other.candidate().target();
        }
        return named.candidate().target();
    }

    private static <T> @Nullable Ranked<T> first(List<Ranked<T>> ranked, StreamPeers peers, @Nullable String name) {
        for (int i = 0; i < ranked.size(); i++) {
            if (ranked.get(i).candidate().matches(peers, name)) {
                return ranked.get(i);
            }
        }
        return null;
    }
}
