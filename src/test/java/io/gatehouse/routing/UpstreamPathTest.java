package io.gatehouse.routing;

import static io.gatehouse.routing.RouteFixture.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Route.PathHandling;
import io.gatehouse.entity.Service;
import io.gatehouse.syntax.RequestTarget;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamPathTest {

    private static final String HOST_ONLY = "-";

    @ParameterizedTest
    @CsvSource({
        // service, route, request, with strip_path, without
        "/,         /,       /,          /,             /",
        "/,         /,       /route/req, /route/req,    /route/req",
        "/,         /route,  /route,     /,             /route",
        "/,         /route,  /route/,    /,             /route/",
        "/,         /route,  /routereq,  /req,          /routereq",
        "/,         /route/, /route/req, /req,          /route/req",
        "/srv,      /rou,    /roureq,    /srv/req,      /srv/roureq",
        "/srv/,     /rou,    /rou,       /srv,          /srv/rou",
        "/service,  /,       /,          /service,      /service",
        "/service,  /,       /route/,    /service/route/, /service/route/",
        "/service,  /route,  /route,     /service,      /service/route",
        "/service,  /route,  /route/,    /service/,     /service/route/",
        "/service,  /route,  /route/req, /service/req,  /service/route/req",
        "/service,  /route/, /route/,    /service/,     /service/route/",
        "/service/, /,       /,          /service/,     /service/",
        "/service/, /,       /route,     /service/route, /service/route",
        "/service/, /route,  /route,     /service,      /service/route",
        "/service/, /route,  /route/,    /service/,     /service/route/",
        "/service/, /route,  /routereq,  /service/req,  /service/routereq",
        "/service/, /route/, /route/,    /service/,     /service/route/",
        "/service,  -,       /,          /service,      /service",
        "/service,  -,       /route,     /service/route, /service/route",
        "/service/, -,       /,          /service/,     /service/",
        "/service/, -,       /route/,    /service/route/, /service/route/",
        ",          /route,  /route,     /,             /route",
        ",          /route,  /route/req, /req,          /route/req",
        ",          -,       /route,     /route,        /route"
    })
    void v0PutsOneSlashBetweenTheTwoPaths(
            @Nullable String service, String route, String request, String stripped, String whole) {
        assertThat(upstreamPath(service, route, true, PathHandling.V0, request)).isEqualTo(stripped);
        assertThat(upstreamPath(service, route, false, PathHandling.V0, request))
                .isEqualTo(whole);
    }

    @ParameterizedTest
    @CsvSource({
        "/,         /,       /,          /,             /",
        "/,         /route,  /route/,    /,             /route/",
        "/,         /route,  /routereq,  /req,          /routereq",
        "/srv,      /rou,    /roureq,    /srvreq,       /srvroureq",
        "/srv/,     /rou,    /rou,       /srv/,         /srv/rou",
        "/service,  /,       /route,     /serviceroute, /serviceroute",
        "/service,  /route,  /route,     /service,      /serviceroute",
        "/service,  /route,  /route/,    /service/,     /serviceroute/",
        "/service,  /route/, /route/,    /service,      /serviceroute/",
        "/service,  /route/, /route/req, /servicereq,   /serviceroute/req",
        "/service/, /,       /,          /service/,     /service/",
        "/service/, /route,  /route,     /service/,     /service/route",
        "/service/, /route,  /route/req, /service/req,  /service/route/req",
        "/service/, /route/, /route/,    /service/,     /service/route/",
        "/service,  -,       /,          /service,      /service",
        "/service,  -,       /route,     /serviceroute, /serviceroute",
        ",          /route,  /route,     /,             /route"
    })
    void v1ConcatenatesThePaths(@Nullable String service, String route, String request, String stripped, String whole) {
        assertThat(upstreamPath(service, route, true, PathHandling.V1, request)).isEqualTo(stripped);
        assertThat(upstreamPath(service, route, false, PathHandling.V1, request))
                .isEqualTo(whole);
    }

    @ParameterizedTest
    @CsvSource({
        "~/v\\d+,            /v12/orders, /service/orders, /v12",
        "~/v(?<version>\\d+)/, /v12/orders, /service/orders, /v12/",
        "~/v\\d+$,           /v12,        /service,        /v12",
        "~/a|/ab,            /abc,        /service/bc,     /a"
    })
    void theTextThatTheExpressionMatchedIsStripped(String path, String request, String expected, String prefix) {
        Route route = route("r").paths(path).build();
        UpstreamPath upstreamPath = UpstreamPath.of(route, service("/service"));
        RouteMatch<Route> match = match(route, request);
        assertThat(upstreamPath.path(match, request)).isEqualTo(expected);
        assertThat(upstreamPath.forwardedPrefix(match)).isEqualTo(prefix);
    }

    @ParameterizedTest
    @CsvSource({
        "/api..,         /srv/v1",
        "/api.,          /srv/v1",
        "/api../admin,   /srv/v1/admin",
        "/api./admin,    /srv/v1/admin",
        "/api..;x/admin, /srv/v1/admin",
        "/api;x/admin,   /srv/v1/admin",
        "/api;x,         /srv/v1",
        "/api;..;x/a/b,  /srv/v1/a/b",
        "/api..%2Fadmin, /srv/v1/%2Fadmin",
        "/api..%5Cadmin, /srv/v1/%5Cadmin",
        "/api.../admin,  /srv/v1/.../admin",
        "/api..a,        /srv/v1/..a"
    })
    void strippingAPartOfASegmentDoesNotClimbOutOfTheService(String request, String expected) {
        assertThat(RequestTarget.parse(request)).isNotNull();
        assertThat(upstreamPath("/srv/v1", "/api", true, PathHandling.V0, request))
                .isEqualTo(expected);
        assertThat(upstreamPath("/srv/v1/", "/api", true, PathHandling.V1, request))
                .doesNotContain("/..;", "/..%", "/../", "/;")
                .startsWith("/srv/v1/");
    }

    @ParameterizedTest
    @CsvSource({"/api, true, /api", "/api, false,", "-, true,", "/, true,"})
    void thePrefixIsForwardedWhenItWasStripped(String path, boolean stripPath, @Nullable String prefix) {
        Route route = routeWith(path, stripPath, PathHandling.V0);
        assertThat(UpstreamPath.of(route, service("/s")).forwardedPrefix(match(route, "/api/x")))
                .isEqualTo(prefix);
    }

    private static String upstreamPath(
            @Nullable String servicePath, String path, boolean stripPath, PathHandling handling, String request) {
        Route route = routeWith(path, stripPath, handling);
        return UpstreamPath.of(route, servicePath == null ? null : service(servicePath))
                .path(match(route, request), request);
    }

    private static Route routeWith(String path, boolean stripPath, PathHandling handling) {
        RouteFixture route = route("r").stripPath(stripPath).pathHandling(handling);
        return (path.equals(HOST_ONLY) ? route.hosts("gateway.test") : route.paths(path)).build();
    }

    private static RouteMatch<Route> match(Route route, String request) {
        RouteTable<Route> table = RouteTable.of(List.of(new RouteTable.Entry<>(route, route)));
        return Objects.requireNonNull(table.match(RequestFixture.get(request)));
    }

    private static Service service(String path) {
        return new Service(
                new UUID(0, 2), "s", "http", "upstream.test", 80, path, 5, 1, 1, 1, false, null, List.of(), null, true);
    }
}
