package io.gatehouse.routing;

import static io.gatehouse.routing.RequestFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.entity.Route;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** The index finds the same route as a search of all routes in their order. */
class RouteTableProperties {

    @Property(tries = 2_000)
    void theIndexFindsTheFirstMatchInOrder(
            @ForAll("routes") List<RouteFixture> fixtures, @ForAll("requests") RequestFixture request) {
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < fixtures.size(); i++) {
            routes.add(fixtures.get(i).id(new UUID(0, i)).build());
        }
        RouteTable<UUID> table = RouteTable.of(routes.stream()
                .map(route -> new RouteTable.Entry<>(route, route.id()))
                .toList());
        RouteMatch<UUID> found = table.match(request);
        isSame(found, walk(routes, request));
    }

    private static void isSame(@Nullable RouteMatch<UUID> found, @Nullable RouteMatch<UUID> expected) {
        assertThat(found == null ? null : found.target()).isEqualTo(expected == null ? null : expected.target());
        assertThat(found == null ? null : found.matchedPath())
                .isEqualTo(expected == null ? null : expected.matchedPath());
    }

    /** Each change writes some routes, and removes others that are not in its list. */
    @Property(tries = 1_000)
    void aChangedTableFindsWhatANewOneDoes(
            @ForAll("manyRoutes") List<RouteFixture> first,
            @ForAll("changes") List<List<RouteFixture>> changes,
            @ForAll @IntRange(min = 0, max = 12) int maxChanges,
            @ForAll("requests") RequestFixture request) {
        Map<UUID, RouteTable.Entry<UUID>> all = new HashMap<>();
        for (int i = 0; i < first.size(); i++) {
            put(all, first.get(i), i);
        }
        RouteTable<UUID> changed = RouteTable.of(all.values());
        for (int change = 0; change < changes.size(); change++) {
            Map<UUID, RouteTable.Entry<UUID>> written = new HashMap<>();
            for (int i = 0; i < changes.get(change).size(); i++) {
                put(written, changes.get(change).get(i), (i * 3 + change) % 45);
            }
            Set<UUID> ids = new HashSet<>(written.keySet());
            ids.add(new UUID(0, change));
            all.keySet().removeAll(ids);
            all.putAll(written);
            changed = changed.with(ids, written.values(), maxChanges);
        }
        RouteMatch<UUID> found = changed.match(request);
        isSame(found, RouteTable.of(all.values()).match(request));
    }

    private static void put(Map<UUID, RouteTable.Entry<UUID>> all, RouteFixture fixture, int number) {
        Route route = fixture.id(new UUID(0, number)).build();
        all.put(route.id(), new RouteTable.Entry<>(route, route.id()));
    }

    /** So many that some changes leave the first index as it is. */
    @Provide
    Arbitrary<List<RouteFixture>> manyRoutes() {
        return routeFixtures().list().ofMinSize(1).ofMaxSize(60);
    }

    @Provide
    Arbitrary<List<List<RouteFixture>>> changes() {
        return routeFixtures().list().ofMaxSize(3).list().ofMaxSize(6);
    }

    private static @Nullable RouteMatch<UUID> walk(List<Route> routes, RequestFixture request) {
        return routes.stream()
                .flatMap(route -> Candidate.allOf(route, route.id()).stream())
                .sorted(Candidate.PRECEDENCE)
                .map(candidate -> candidate.match(request))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    @Provide
    Arbitrary<List<RouteFixture>> routes() {
        return routeFixtures().list().ofMinSize(1).ofMaxSize(12);
    }

    private static Arbitrary<RouteFixture> routeFixtures() {
        Arbitrary<List<String>> hosts = Arbitraries.of("a.test", "b.test", "*.test", "a.*", "*.a.test")
                .list()
                .ofMaxSize(2);
        Arbitrary<List<String>> paths = Arbitraries.of(
                        "/", "/a", "/ab", "/abc", "/a/b", "/a/b/c", "/b", "/%C3%A9", "~/a", "~/a/[a-z]+", "~/ab")
                .list()
                .uniqueElements()
                .ofMaxSize(3);
        Arbitrary<List<String>> methods = Arbitraries.of(List.of(), List.of("GET"), List.of("POST"));
        Arbitrary<List<String>> protocols =
                Arbitraries.of(List.of("http", "https"), List.of("https"), List.of("http"), List.of("grpc"));
        Arbitrary<Integer> priorities = Arbitraries.integers().between(0, 2);
        return Combinators.combine(hosts, paths, methods, protocols, priorities)
                .as((host, path, method, protocol, priority) -> RouteFixture.route("r")
                        .hosts(host.stream().distinct().toArray(String[]::new))
                        .paths(path.toArray(String[]::new))
                        .methods(method.toArray(String[]::new))
                        .protocols(protocol.toArray(String[]::new))
                        .regexPriority(priority));
    }

    @Provide
    Arbitrary<RequestFixture> requests() {
        Arbitrary<String> hosts = Arbitraries.of("a.test", "b.test", "c.a.test", "a.org", "other.org");
        Arbitrary<String> paths =
                Arbitraries.of("/", "/a", "/ab", "/abc", "/abcd", "/a/b", "/a/b/cd", "/b", "/c", "/%C3%A9");
        return Combinators.combine(hosts, paths).as((host, path) -> get(path).host(host));
    }
}
