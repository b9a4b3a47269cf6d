package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Routes of disabled Services and routes without a Service; docs/reference/proxy.md#matching. */
class RouteWithoutServiceTest {
    private static final String NO_ROUTE = "no Route matched with those values";
    private static final String NO_SERVICE = "no Service found with those values";

    private static Gatehouse gatehouse;
    private static Upstream upstream;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    /** Creates a Route without a Service and returns its path. */
    private static String route(String name, String plugin, JsonObject config) {
        gatehouse.create("/routes", new JsonObject().put("name", name).put("paths", List.of("/" + name)));
        gatehouse.create(
                "/routes/" + name + "/plugins",
                new JsonObject().put("name", plugin).put("config", config));
        return "/" + name;
    }

    @Test
    void theRouteOfADisabledServiceIsIgnored() {
        gatehouse.createApi("disabled", "/disabled", upstream.port());
        gatehouse.get("/disabled").isStatus(200);

        gatehouse.admin("PATCH", "/services/disabled", new JsonObject().put("enabled", false));
        gatehouse.get("/disabled").isMessage(404, NO_ROUTE);

        gatehouse.admin("PATCH", "/services/disabled", new JsonObject().put("enabled", true));
        gatehouse.get("/disabled").isStatus(200);
    }

    @Test
    void theNextRouteServesTheRequestsOfADisabledService() {
        gatehouse.createApi("rest", "/versions", upstream.port());
        gatehouse.createApi("second", "/versions/2", upstream.port());
        gatehouse.admin("PATCH", "/services/second", new JsonObject().put("enabled", false));

        assertThat(gatehouse.get("/versions/2/a").isStatus(200).json().getString("uri"))
                .isEqualTo("/2/a");
    }

    @Test
    void thePluginsOfARouteWithoutAServiceRun() {
        String terminated = route("terminated", "request-termination", new JsonObject().put("status_code", 418));
        gatehouse.get(terminated).isStatus(418);

        String keyed = route("keyed", "key-auth", new JsonObject());
        gatehouse.get(keyed).isStatus(401);
    }

    @Test
    void aRequestThatThePluginsLetPassHasNoService() {
        String path = route("correlated", "correlation-id", new JsonObject().put("echo_downstream", true));
        assertThat(gatehouse.get(path).isMessage(503, NO_SERVICE).header("Kong-Request-ID"))
                .isNotNull();
    }

    @Test
    void anEchoNamesNoService() {
        String path = route("echoed", "request-termination", new JsonObject().put("echo", true));
        JsonObject echo = gatehouse.get(path).isStatus(503).json();
        assertThat(echo.containsKey("matched_service")).isFalse();
        assertThat(echo.getJsonObject("matched_route").getString("name")).isEqualTo("echoed");
    }

    /** A token of a Service would become valid for all, because a token without a Service is. */
    @Test
    void aRouteWithoutAServiceIssuesNoTokenOfAService() {
        String path = route("issuing", "oauth2", new JsonObject().put("enable_client_credentials", true));
        JsonObject application = gatehouse.register("app-without-service", new JsonObject());
        Map<String, String> request = Gatehouse.clientCredentials(application);

        gatehouse.token(path, request).isMessage(503, NO_SERVICE);
        gatehouse.get(path).isStatus(401);
        gatehouse.getWithToken(path, "unknown").isStatus(401);
    }

    @Test
    void aRouteWithoutAServiceIssuesGlobalTokens() {
        String path = route(
                "global",
                "oauth2",
                new JsonObject().put("enable_client_credentials", true).put("global_credentials", true));
        JsonObject application = gatehouse.register("global-app", new JsonObject());
        String token = gatehouse.clientCredentialsToken(path, application);

        gatehouse.getWithToken(path, token).isMessage(503, NO_SERVICE);
        Http.send(Http.form(gatehouse.secureUrl(path + "/oauth2/token"), Map.of()))
                .isStatus(400);
    }
}
