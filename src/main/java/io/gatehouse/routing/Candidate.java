package io.gatehouse.routing;

import io.gatehouse.entity.Route;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.HeaderCondition;
import io.gatehouse.syntax.HostPattern;
import io.gatehouse.syntax.PathPattern;
import io.gatehouse.syntax.ServerNamePattern;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Matches requests to a route by one of its hosts and one of its paths. Each such pair has its own precedence. Runs for every proxied
 * request.
 */
final class Candidate<T> {

    /** The precedence of several matches (docs/reference/proxy.md#matching). Equal candidates keep their order. */
    static final Comparator<Candidate<?>> PRECEDENCE = Comparator.<Candidate<?>>comparingInt(
                    candidate -> -candidate.attributeKinds())
            .thenComparing(Comparator.<Candidate<?>>comparingInt(Candidate::hostSpecificity)
                    .reversed())
            .thenComparingInt(candidate -> -candidate.headers.size())
            .thenComparing(candidate -> !candidate.isRegex())
            .thenComparing(Comparator.<Candidate<?>>comparingLong(Candidate::regexPriority)
                    .reversed())
            .thenComparingInt(candidate -> -candidate.prefixLength())
            .thenComparingLong(candidate -> candidate.route.createdAt())
            .thenComparing(candidate -> candidate.route.id());

    private final T target;
    private final Route route;
    private final @Nullable HostPattern host;
    private final @Nullable PathPattern path;
    private final List<HeaderCondition> headers;
    private final List<ServerNamePattern> snis;
    private final RouteMatch<T> usualMatch;

    private Candidate(T target, Shared shared, @Nullable HostPattern host, @Nullable PathPattern path) {
        this.target = target;
        this.route = shared.route;
        this.host = host;
        this.path = path;
        this.headers = shared.headers;
        this.snis = shared.snis;
        this.usualMatch = new RouteMatch<>(target, route, path, path == null ? null : path.prefix());
    }

    /** The properties that all candidates of one route share. */
    private record Shared(Route route, List<HeaderCondition> headers, List<ServerNamePattern> snis) {

        static Shared of(Route route) {
            List<HeaderCondition> headers = route.headers().entrySet().stream()
                    .map(header -> HeaderCondition.of(header.getKey(), header.getValue()))
                    .toList();
            List<ServerNamePattern> snis =
                    route.snis().stream().map(ServerNamePattern::of).toList();
            return new Shared(route, headers, snis);
        }
    }

    static <T> List<Candidate<T>> allOf(Route route, T target) {
        Shared shared = Shared.of(route);
        List<@Nullable HostPattern> hosts =
                orNone(route.hosts().stream().map(HostPattern::of).toList());
        List<@Nullable PathPattern> paths =
                orNone(route.paths().stream().map(PathPattern::of).toList());
        List<Candidate<T>> candidates = new ArrayList<>(hosts.size() * paths.size());
        for (HostPattern host : hosts) {
            for (PathPattern path : paths) {
                candidates.add(new Candidate<>(target, shared, host, path));
            }
        }
        return candidates;
    }

    private static <P> List<@Nullable P> orNone(List<P> patterns) {
        return patterns.isEmpty() ? Collections.singletonList(null) : new ArrayList<>(patterns);
    }

    /** Returns the match or null. Cheap comparisons come first, regular expressions last. */
    @Nullable
    RouteMatch<T> match(RouteRequest request) {
        if (!isMethodRight(request) || !isHostRight(request) || !isSniRight(request)) {
            return null;
        }
        if (path == null) {
            return areHeadersRight(request) ? usualMatch : null;
        }
        String matchedPath = path.match(request.path());
        return matchedPath != null && areHeadersRight(request) ? matched(matchedPath) : null;
    }

    /** Returns the match. Only a regular expression matches a different text each time, and needs a new object. */
    private RouteMatch<T> matched(String matchedPath) {
        return isRegex() ? new RouteMatch<>(target, route, path, matchedPath) : usualMatch;
    }

    private boolean isMethodRight(RouteRequest request) {
        if (route.methods().isEmpty()) {
            return true;
        }
        String method = request.method();
        return method == null || route.methods().contains(method);
    }

    private boolean isHostRight(RouteRequest request) {
        if (host == null) {
            return true;
        }
        Authority authority = request.authority();
        return authority != null && host.matches(authority, request.port());
    }

    /** Whether the server name matches. Without TLS there is none, and any matches, as in Kong, so that the route can redirect. */
    private boolean isSniRight(RouteRequest request) {
        if (snis.isEmpty() || !request.isTls()) {
            return true;
        }
        String sni = request.sni();
        return sni != null && ServerNamePattern.anyMatches(snis, sni);
    }

    private boolean areHeadersRight(RouteRequest request) {
        for (int i = 0; i < headers.size(); i++) {
            if (!headers.get(i).matches(request.headers(headers.get(i).name()))) {
                return false;
            }
        }
        return true;
    }

    UUID routeId() {
        return route.id();
    }

    /** Returns the host to index the candidate by; null if it matches several hosts. */
    @Nullable
    String indexKey() {
        return host == null ? null : host.indexKey();
    }

    /** Returns the prefix to index the candidate by; null for a regular expression and without a path. */
    @Nullable
    String prefix() {
        return path == null || path.isRegex() ? null : path.prefix();
    }

    private int attributeKinds() {
        return count(!route.methods().isEmpty())
                + count(host != null)
                + count(!headers.isEmpty())
                + count(path != null)
                + count(!snis.isEmpty());
    }

    private static int count(boolean isSet) {
        return isSet ? 1 : 0;
    }

    private int hostSpecificity() {
        return host == null ? 0 : host.specificity();
    }

    private boolean isRegex() {
        return path != null && path.isRegex();
    }

    private long regexPriority() {
        return isRegex() ? route.regexPriority() : 0;
    }

    private int prefixLength() {
        return path == null ? 0 : path.prefix().length();
    }
}
