package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the cors plugin against Kong 3.9; https://fetch.spec.whatwg.org/#http-cors-protocol. */
class CorsTest {
    private static final String PAGE = "https://page.test";

    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Reply options(String url, String... headers) {
        return Http.send(Http.get(url, headers).method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
    }

    private static Reply preflight(String path, String... headers) {
        String[] all = new String[headers.length + 4];
        System.arraycopy(new String[] {"Origin", PAGE, "Access-Control-Request-Method", "POST"}, 0, all, 0, 4);
        System.arraycopy(headers, 0, all, 4, headers.length);
        return options(api.gatehouse.proxyUrl(path), all);
    }

    @Test
    void theGatewayRespondsToAPreflight() {
        String path = api.protectedBy("cors", new JsonObject());
        int before = api.upstream.requests();

        Reply reply = preflight(path, "Access-Control-Request-Headers", "authorization,x-own");

        reply.isStatus(200);
        assertThat(reply.text()).isEmpty();
        assertThat(reply.header("content-type")).isNull();
        assertThat(reply.header("access-control-allow-origin")).isEqualTo("*");
        assertThat(reply.header("access-control-allow-headers")).isEqualTo("authorization,x-own");
        assertThat(reply.header("access-control-allow-methods"))
                .isEqualTo("GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT");
        assertThat(reply.header("access-control-max-age")).isNull();
        assertThat(reply.header("access-control-allow-private-network")).isNull();
        assertThat(api.upstream.requests()).isEqualTo(before);
    }

    @Test
    void aPreflightResponseHasTheConfiguredHeaders() {
        String path = api.protectedBy(
                "cors",
                new JsonObject()
                        .put("methods", List.of("GET", "POST"))
                        .put("headers", List.of("x-one", "x-two"))
                        .put("max_age", 3600)
                        .put("private_network", true));

        Reply reply = preflight(path, "Access-Control-Request-Private-Network", "true");

        assertThat(reply.header("access-control-allow-methods")).isEqualTo("GET,POST");
        assertThat(reply.header("access-control-allow-headers")).isEqualTo("x-one,x-two");
        assertThat(reply.header("access-control-max-age")).isEqualTo("3600");
        assertThat(reply.header("access-control-allow-private-network")).isEqualTo("true");
    }

    @Test
    void aPreflightNeedsNoTokenButTheRequestAfterItDoes() {
        String path = api.protectedBy("oauth2", new JsonObject().put("enable_client_credentials", true));
        api.add(path, "key-auth", new JsonObject());
        api.add(path, "cors", new JsonObject().put("origins", List.of(PAGE)));

        preflight(path).isStatus(200);

        Reply refused = api.gatehouse.get(path, "Origin", PAGE).isStatus(401);
        assertThat(refused.header("access-control-allow-origin")).isEqualTo(PAGE);
        assertThat(refused.header("vary")).isEqualTo("Origin");
    }

    @Test
    void aPageMayFetchATokenAndReadAnErrorResponse() {
        String path = api.protectedBy("oauth2", new JsonObject().put("enable_client_credentials", true));
        api.add(path, "cors", new JsonObject().put("origins", List.of(PAGE)));
        String token = api.gatehouse.secureUrl(path + "/oauth2/token");

        Reply preflight = options(token, "Origin", PAGE, "Access-Control-Request-Method", "POST");
        Reply refused = Http.send(
                Http.form(token, Map.of("grant_type", "client_credentials")).header("Origin", PAGE));

        assertThat(preflight.isStatus(200).header("access-control-allow-origin"))
                .isEqualTo(PAGE);
        assertThat(refused.isStatus(400).header("access-control-allow-origin")).isEqualTo(PAGE);
    }

    @Test
    void aPageMayReadAnErrorBeforeThePluginsTurn() {
        String path = api.protectedBy("bot-detection", new JsonObject().put("deny", List.of("bad")));
        api.add(path, "cors", new JsonObject().put("origins", List.of(PAGE)));
        Reply bot = api.gatehouse.get(path, "User-Agent", "bad", "Origin", PAGE).isStatus(403);
        assertThat(bot.response().headers().allValues("access-control-allow-origin"))
                .containsExactly(PAGE);
        assertThat(bot.header("vary")).isEqualTo("Origin");

        api.gatehouse
                .admin("PATCH", "/routes" + path, new JsonObject().put("protocols", List.of("https")))
                .isStatus(200);
        Reply clear = api.gatehouse.get(path, "Origin", PAGE).isStatus(426);
        assertThat(clear.header("access-control-allow-origin")).isEqualTo(PAGE);
    }

    @Test
    void aPageMayReadThatNoRouteMatches() {
        JsonObject config = new JsonObject().put("origins", List.of(PAGE));
        JsonObject plugin = api.gatehouse.create(
                "/plugins", new JsonObject().put("name", "cors").put("config", config));
        try {
            Reply reply = api.gatehouse.get("/nowhere", "Origin", PAGE).isStatus(404);
            assertThat(reply.header("access-control-allow-origin")).isEqualTo(PAGE);
        } finally {
            api.gatehouse.admin("DELETE", "/plugins/" + plugin.getString("id")).isStatus(204);
        }
    }

    @Test
    void anOptionsRequestThatIsNotAPreflightIsForwarded() {
        String path = api.protectedBy("cors", new JsonObject());
        Reply reply = options(api.gatehouse.proxyUrl(path), "Origin", PAGE).isStatus(200);
        assertThat(reply.json().getString("method")).isEqualTo("OPTIONS");
        assertThat(reply.header("access-control-allow-origin")).isEqualTo("*");
    }

    @Test
    void aPreflightIsForwardedUnchangedIfConfigured() {
        String path = api.protectedBy("cors", new JsonObject().put("preflight_continue", true));
        Reply reply = preflight(path).isStatus(200);
        assertThat(reply.json().getString("method")).isEqualTo("OPTIONS");
        assertThat(reply.header("access-control-allow-origin")).isNull();
    }

    @Test
    void anActualResponseNamesTheExposedHeaders() {
        String path = api.protectedBy("cors", new JsonObject().put("exposed_headers", List.of("x-one", "x-two")));
        Reply reply = api.gatehouse.get(path, "Origin", PAGE).isStatus(200);
        assertThat(reply.header("access-control-expose-headers")).isEqualTo("x-one,x-two");
        assertThat(reply.header("access-control-allow-methods")).isNull();
    }

    @Test
    void ofSeveralOriginsTheResponseNamesTheRequestsOwn() {
        String path = api.protectedBy("cors", new JsonObject().put("origins", List.of(PAGE, "http://other.test:8080")));

        assertThat(origin(path, PAGE)).isEqualTo(PAGE);
        assertThat(origin(path, PAGE + ":443")).isEqualTo(PAGE);
        assertThat(origin(path, "http://other.test:8080")).isEqualTo("http://other.test:8080");
        assertThat(origin(path, "http://other.test")).isNull();
        assertThat(origin(path, "null")).isNull();
        assertThat(api.gatehouse.get(path, "Origin", "https://evil.test").header("vary"))
                .isEqualTo("Origin");
    }

    @Test
    void expressionsMatchAWholeOriginOrHost() {
        String byOrigin =
                api.protectedBy("cors", new JsonObject().put("origins", List.of("https://.*\\.page\\.test(:[0-9]+)?")));
        String byHost = api.protectedBy("cors", new JsonObject().put("origins", List.of("(.+\\.)?page\\.test")));

        assertThat(origin(byOrigin, "https://a.page.test:8443")).isEqualTo("https://a.page.test:8443");
        assertThat(origin(byOrigin, "https://a.page.test.evil.test")).isNull();
        assertThat(origin(byOrigin, "http://a.page.test")).isNull();
        assertThat(origin(byHost, "http://a.page.test:81")).isEqualTo("http://a.page.test:81");
        assertThat(origin(byHost, "https://page.test.evil.test")).isNull();
    }

    private static @Nullable String origin(String path, String origin) {
        return api.gatehouse.get(path, "Origin", origin).isStatus(200).header("access-control-allow-origin");
    }

    @Test
    void withCredentialsTheResponseNamesTheOrigin() {
        String path = api.protectedBy("cors", new JsonObject().put("credentials", true));
        Reply reply = api.gatehouse.get(path, "Origin", PAGE).isStatus(200);
        assertThat(reply.header("access-control-allow-origin")).isEqualTo(PAGE);
        assertThat(reply.header("access-control-allow-credentials")).isEqualTo("true");
        assertThat(reply.header("vary")).isEqualTo("Origin");
    }

    @Test
    void theUpstreamsCorsHeadersAreReplacedAndItsVaryKept() {
        String path = api.protectedBy("cors", new JsonObject().put("origins", List.of(PAGE, "https://b.test")));
        try {
            api.upstream.behave(request -> request.response()
                    .putHeader("Access-Control-Allow-Origin", "*")
                    .putHeader("Vary", "Accept")
                    .end());
            Reply known = api.gatehouse.get(path, "Origin", PAGE);
            Reply stranger = api.gatehouse.get(path, "Origin", "https://evil.test");

            assertThat(known.response().headers().allValues("access-control-allow-origin"))
                    .containsExactly(PAGE);
            assertThat(known.response().headers().allValues("vary")).containsExactly("Accept", "Origin");
            assertThat(stranger.header("access-control-allow-origin")).isNull();
        } finally {
            api.upstream.behave(Upstream::echo);
        }
    }

    @Test
    void withoutAnOriginTheHeadersCanBeOmitted() {
        String always = api.protectedBy("cors", new JsonObject());
        String asked = api.protectedBy("cors", new JsonObject().put("allow_origin_absent", false));
        assertThat(api.gatehouse.get(always).header("access-control-allow-origin"))
                .isEqualTo("*");
        for (String[] headers : new String[][] {{}, {"Origin", ""}}) {
            assertThat(api.gatehouse.get(asked, headers).header("access-control-allow-origin"))
                    .isNull();
        }
    }

    @Test
    void anInvalidExpressionIsRejected() {
        JsonObject plugin =
                new JsonObject().put("name", "cors").put("config", new JsonObject().put("origins", List.of("(")));
        api.gatehouse
                .admin("POST", "/services" + api.open() + "/plugins", plugin)
                .isMessage(400, "schema violation (config.origins.1: '(' is not a valid regex)");
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("cors", new JsonObject().put("max_age", 3600));
    }
}
