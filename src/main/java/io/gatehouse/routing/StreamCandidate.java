package io.gatehouse.routing;

import io.gatehouse.entity.Route;
import io.gatehouse.syntax.ServerNamePattern;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Matches connections to a route by one of its server names. Each name has its own precedence. */
final class StreamCandidate<T> {
    private static final int SNIS = 4;
    private static final int SOURCES = 2;
    private static final int DESTINATIONS = 1;
    private static final int PLAIN_NAME = Integer.MAX_VALUE;

    /** The precedence of several matches (docs/reference/proxy.md#connections). */
    static final Comparator<StreamCandidate<?>> PRECEDENCE = Comparator.<StreamCandidate<?>>comparingInt(
                    candidate -> -Integer.bitCount(candidate.attributes()))
            .thenComparingInt(candidate -> -candidate.attributes())
            .thenComparing(Comparator.<StreamCandidate<?>>comparingInt(StreamCandidate::nameSpecificity)
                    .reversed())
            .thenComparingInt(candidate -> -EndpointRule.specificity(candidate.sources))
            .thenComparingInt(candidate -> -EndpointRule.specificity(candidate.destinations))
            .thenComparingLong(candidate -> candidate.route.createdAt())
            .thenComparing(candidate -> candidate.route.id());

    private final Route route;
    private final T target;
    private final @Nullable ServerNamePattern name;
    private final List<EndpointRule> sources;
    private final List<EndpointRule> destinations;

    private StreamCandidate(
            Route route,
            T target,
            @Nullable ServerNamePattern name,
            List<EndpointRule> sources,
            List<EndpointRule> destinations) {
        this.route = route;
        this.target = target;
        this.name = name;
        this.sources = sources;
        this.destinations = destinations;
    }

    static <T> List<StreamCandidate<T>> allOf(Route route, T target) {
        List<EndpointRule> sources = EndpointRule.allOf(route.sources());
        List<EndpointRule> destinations = EndpointRule.allOf(route.destinations());
        if (route.snis().isEmpty()) {
            return List.of(new StreamCandidate<>(route, target, null, sources, destinations));
        }
        return route.snis().stream()
                .map(ServerNamePattern::of)
                .map(name -> new StreamCandidate<>(route, target, name, sources, destinations))
                .toList();
    }

    T target() {
        return target;
    }

    /** Whether the connection matches. {@code serverName} is in its normal form. */
    boolean matches(StreamPeers peers, @Nullable String serverName) {
        return (name == null || (serverName != null && name.matches(serverName)))
                && EndpointRule.anyMatches(
                        sources, peers.source().getAddress(), peers.source().getPort())
                && EndpointRule.anyMatches(destinations, peers.destination().getAddress(), peers.destinationPort());
    }

    /** Returns the name to index the candidate by; null if it matches several names. */
    @Nullable
    String indexKey() {
        return name == null || name.wildcard() != null ? null : name.plain();
    }

    /** Returns the attributes that are set, the one that decides first as the highest bit. */
    private int attributes() {
        return (name == null ? 0 : SNIS)
                + (sources.isEmpty() ? 0 : SOURCES)
                + (destinations.isEmpty() ? 0 : DESTINATIONS);
    }

    private int nameSpecificity() {
        return name == null || name.wildcard() == null
                ? PLAIN_NAME
                : Objects.requireNonNull(name.wildcard()).specificity();
    }
}
