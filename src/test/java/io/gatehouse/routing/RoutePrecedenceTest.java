package io.gatehouse.routing;

import static io.gatehouse.routing.RouteFixture.route;
import static io.gatehouse.routing.RouteFixture.table;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The order of docs/reference/proxy.md#matching: in each row both routes match the request, and the first wins. */
class RoutePrecedenceTest {

    private static RequestFixture request() {
        return RequestFixture.get("/a/b/c")
                .host("www.example.com")
                .sni("www.example.com")
                .header("X-A", "1")
                .header("X-B", "1");
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                row(
                        "more attribute kinds before a plain host",
                        route("").methods("GET").paths("/a"),
                        route("").hosts("www.example.com")),
                row(
                        "every kind counts",
                        route("").methods("GET").snis("www.example.com").header("X-A", "1"),
                        route("").hosts("www.example.com").paths("/a/b/c")),
                row(
                        "several values of one kind count once",
                        route("").methods("GET").paths("/a"),
                        route("").hosts("www.example.com", "b.test").protocols("https")),
                row(
                        "a plain host before a wildcard",
                        route("").hosts("www.example.com").methods("GET"),
                        route("").hosts("*.example.com").header("X-A", "1")),
                row(
                        "the plain host of a mixed list counts as one",
                        route("").hosts("*.example.com", "www.example.com"),
                        route("").hosts("*.example.com").createdAt(1)),
                row(
                        "a longer wildcard before a shorter",
                        route("").hosts("*.example.com"),
                        route("").hosts("*.com")),
                row(
                        "wherever the star is",
                        route("").hosts("www.example.*"),
                        route("")
                                .hosts("*.example.com")
                                .createdAt(1)
                                .id(new UUID(0, 0))
                                .hosts("*.com")),
                row(
                        "a host with the port before the same host without",
                        route("").hosts("www.example.com:443").createdAt(2),
                        route("").hosts("www.example.com").createdAt(1)),
                row(
                        "a port before more headers",
                        route("").hosts("www.example.com:443").header("X-A", "1"),
                        route("").hosts("www.example.com").header("X-A", "1").header("X-B", "1")),
                row(
                        "a wildcard with the port before the same wildcard without",
                        route("").hosts("*.example.com:443").createdAt(2),
                        route("").hosts("*.example.com").createdAt(1)),
                row(
                        "a plain host before a wildcard with the port",
                        route("").hosts("www.example.com"),
                        route("").hosts("*.example.com:443")),
                row(
                        "a host before more headers",
                        route("").hosts("www.example.com").header("X-A", "1"),
                        route("").hosts("*.example.com").header("X-A", "1").header("X-B", "1")),
                row(
                        "more headers before a regular expression",
                        route("").header("X-A", "1").header("X-B", "1").paths("/a"),
                        route("").header("X-A", "1").paths("~/a/b").regexPriority(9)),
                row(
                        "a regular expression before a prefix",
                        route("").paths("~/a"),
                        route("").paths("/a/b/c")),
                row(
                        "a higher regex_priority",
                        route("").paths("~/a").regexPriority(1),
                        route("").paths("~/a/b/c").createdAt(1)),
                row(
                        "a negative regex_priority is lower than none",
                        route("").paths("~/a"),
                        route("").paths("~/a").regexPriority(-1).createdAt(1)),
                row(
                        "regex_priority does not count for prefixes",
                        route("").paths("/a/b"),
                        route("").paths("/a").regexPriority(9)),
                row(
                        "a longer prefix",
                        route("").paths("/a/b"),
                        route("").paths("/a").createdAt(1)),
                row(
                        "the length of the path that matches",
                        route("").paths("/a/b"),
                        route("").paths("/a", "/unrelated/and/long").createdAt(1)),
                row(
                        "the regular expression that matches",
                        route("").paths("/a/b"),
                        route("").paths("/a", "~/unrelated").createdAt(1)),
                row(
                        "the length of a regular expression does not count",
                        route("").paths("~/a").createdAt(1),
                        route("").paths("~/a/b/c").createdAt(2)),
                row(
                        "the older route",
                        route("").paths("/a").createdAt(1).id(new UUID(0, 9)),
                        route("").paths("/a").createdAt(2).id(new UUID(0, 1))),
                row(
                        "the smaller id",
                        route("").paths("/a").id(new UUID(0, 1)),
                        route("").paths("/a").id(new UUID(0, 2))));
    }

    private static Arguments row(String name, RouteFixture winner, RouteFixture loser) {
        return Arguments.of(name, winner, loser);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void theFirstWinsInAnyOrder(String name, RouteFixture winner, RouteFixture loser) {
        assertThat(winners(winner, loser)).containsExactly(0);
        assertThat(winners(loser, winner)).containsExactly(1);
        // Each would match alone: otherwise the row shows nothing.
        assertThat(winners(loser)).containsExactly(0);
    }

    /** The place of the winner among the routes given. */
    private static List<Integer> winners(RouteFixture... routes) {
        List<RouteTable.Entry<Integer>> entries = new ArrayList<>();
        for (int i = 0; i < routes.length; i++) {
            entries.add(new RouteTable.Entry<>(routes[i].build(), i));
        }
        RouteMatch<Integer> match = RouteTable.of(entries).match(request());
        return match == null ? List.of() : List.of(match.target());
    }

    @Test
    void theLengthOfAWildcardIsThatOfItsName() {
        RouteTable<String> table =
                table(route("longer").hosts("*.bb.test"), route("port").hosts("a.bb.*:8888"));
        RouteMatch<String> match =
                table.match(RequestFixture.get("/").host("a.bb.test:8888").sni("a.bb.test"));
        assertThat(match).isNotNull().extracting(RouteMatch::target).isEqualTo("longer");
    }

    @Test
    void ofTwoExpressionsOfOneRouteTheFirstIsTaken() {
        RouteMatch<String> match = table(route("r").paths("~/a/b", "~/a")).match(request());
        assertThat(match).isNotNull().extracting(RouteMatch::matchedPath).isEqualTo("/a/b");
    }

    @Test
    void theIndexOnHostsDoesNotChangeTheOrder() {
        Random random = new Random(42);
        String[] hosts = {"www.example.com", "*.example.com", "*.com", "www.example.com:443", "other.test"};
        String[] paths = {"/", "/a", "/a/b", "~/a", "~/.*c", "/z"};
        for (int round = 0; round < 2_000; round++) {
            List<RouteFixture> routes = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                RouteFixture route = route(String.valueOf(i)).id(new UUID(0, i)).createdAt(random.nextInt(3));
                if (random.nextBoolean()) {
                    route.hosts(hosts[random.nextInt(hosts.length)]);
                }
                if (random.nextBoolean()) {
                    route.paths(paths[random.nextInt(paths.length)]);
                }
                if (random.nextInt(3) == 0) {
                    route.header("X-A", "1");
                }
                if (random.nextInt(4) == 0) {
                    route.protocols("http");
                }
                routes.add(route);
            }
            assertThat(indexed(routes)).isEqualTo(firstOfScan(routes));
        }
    }

    private static String indexed(List<RouteFixture> routes) {
        RouteMatch<String> match = table(routes.toArray(new RouteFixture[0])).match(request());
        return String.valueOf(match == null ? null : match.target());
    }

    private static String firstOfScan(List<RouteFixture> routes) {
        return routes.stream()
                .map(RouteFixture::build)
                .flatMap(route -> Candidate.allOf(route, String.valueOf(route.name())).stream())
                .sorted(Candidate.PRECEDENCE)
                .map(candidate -> candidate.match(request()))
                .filter(match -> match != null)
                .map(RouteMatch::target)
                .findFirst()
                .orElse("null");
    }
}
