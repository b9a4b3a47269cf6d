package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the request-termination plugin against Kong 3.9. */
class RequestTerminationTest {
    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static String terminating(JsonObject config) {
        return api.protectedBy("request-termination", config);
    }

    private static void assertRefused(JsonObject config, String violation) {
        JsonObject plugin = new JsonObject().put("name", "request-termination").put("config", config);
        api.gatehouse
                .admin("POST", "/services" + api.open() + "/plugins", plugin)
                .isMessage(400, "schema violation (" + violation + ")");
    }

    @Test
    void theGatewayRespondsInPlaceOfTheUpstream() {
        String path = terminating(new JsonObject());
        int before = api.upstream.requests();

        Reply reply = api.gatehouse.get(path).isStatus(503);

        assertThat(reply.json()).isEqualTo(new JsonObject().put("message", "Service unavailable"));
        assertThat(reply.header("content-type")).isEqualTo("application/json; charset=utf-8");
        assertThat(reply.header("x-kong-response-latency")).isNotNull();
        assertThat(api.upstream.requests()).isEqualTo(before);
    }

    @Test
    void theResponseIsTheConfiguredOne() {
        Reply words = api.gatehouse.get(
                terminating(new JsonObject().put("status_code", 403).put("message", "So long")));
        Reply text = api.gatehouse.get(terminating(new JsonObject()
                .put("status_code", 200)
                .put("content_type", "text/plain")
                .put("body", "Back at noon")));

        assertThat(words.isStatus(403).json()).isEqualTo(new JsonObject().put("message", "So long"));
        assertThat(text.isStatus(200).text()).isEqualTo("Back at noon");
        assertThat(text.response().headers().allValues("content-type")).containsExactly("text/plain");
    }

    @Test
    void aStatusWithoutAUsualMessageHasNoBody() {
        Reply reply = api.gatehouse.get(terminating(new JsonObject().put("status_code", 418)));
        assertThat(reply.isStatus(418).text()).isEmpty();
        assertThat(reply.header("content-type")).isNull();
    }

    @Test
    void aStatusThatAllowsNoContentHasNoBody() {
        Reply reply = api.gatehouse.get(
                terminating(new JsonObject().put("status_code", 204).put("body", "never seen")));
        assertThat(reply.isStatus(204).text()).isEmpty();
    }

    @Test
    void authenticationRunsBeforeTermination() {
        String path = terminating(new JsonObject());
        api.add(path, "key-auth", new JsonObject());
        api.gatehouse.get(path).isStatus(401);
        api.getWithKey(path, api.key(api.consumer())).isStatus(503);
    }

    @Test
    void withATriggerOnlyRequestsThatCarryItAreTerminated() {
        String path = terminating(new JsonObject().put("trigger", "stop-me"));
        api.gatehouse.get(path).isStatus(200);
        api.gatehouse.get(path + "?dont=stop-me").isStatus(200);
        api.gatehouse.get(path, "Stop-Me", "").isStatus(503);
        api.gatehouse.get(path + "?a=b&stop-me").isStatus(503);
        api.gatehouse.get(path + "?stop%2Dme=1").isStatus(503);
    }

    @Test
    void anEchoDescribesTheRequest() {
        String path = terminating(
                new JsonObject().put("status_code", 404).put("echo", true).put("message", "Look"));

        JsonObject echo = Http.send(Http.request(
                                "POST",
                                api.gatehouse.proxyUrl(path + "/a%2Fb?one=1&many=x&many=y&flag"),
                                "text/plain",
                                "héllo")
                        .headers("X-Many", "1", "X-Many", "2"))
                .isStatus(404)
                .json();

        JsonObject request = echo.getJsonObject("request");
        assertThat(echo.getString("message")).isEqualTo("Look");
        assertThat(echo.getString("request_id")).hasSize(32);
        assertThat(request.getString("scheme")).isEqualTo("http");
        assertThat(request.getString("host")).isEqualTo("127.0.0.1");
        assertThat(request.getInteger("port")).isEqualTo(api.gatehouse.node().port("proxy.http"));
        assertThat(request.getString("method")).isEqualTo("POST");
        assertThat(request.getString("path")).isEqualTo(path + "/a%2Fb");
        assertThat(request.getString("raw_body")).isEqualTo("héllo");
        assertThat(request.getJsonObject("query"))
                .isEqualTo(new JsonObject()
                        .put("one", "1")
                        .put("many", JsonArray.of("x", "y"))
                        .put("flag", true));
        assertThat(request.getJsonObject("headers").getString("content-type")).isEqualTo("text/plain");
        assertThat(request.getJsonObject("headers").getJsonArray("x-many")).isEqualTo(JsonArray.of("1", "2"));
        JsonObject route = echo.getJsonObject("matched_route");
        assertThat(route.getString("name")).isEqualTo(path.substring(1));
        assertThat(route.getString("id")).hasSize(36);
        assertThat(route.getJsonArray("paths")).isEqualTo(JsonArray.of(path));
        assertThat(route.getJsonArray("protocols")).isEqualTo(JsonArray.of("http", "https"));
        assertThat(route.getBoolean("strip_path")).isTrue();
        assertThat(route.getJsonObject("service"))
                .isEqualTo(new JsonObject()
                        .put("id", echo.getJsonObject("matched_service").getString("id")));
        assertThat(echo.getJsonObject("matched_service").getString("name")).isEqualTo(path.substring(1));
        assertThat(echo.getJsonObject("matched_service").getInteger("port")).isEqualTo(api.upstream.port());
    }

    @Test
    void anEchoOfARequestWithoutABodyHasNoBody() {
        Reply reply = api.gatehouse.get(terminating(new JsonObject().put("echo", true)));
        assertThat(reply.isStatus(503).json().getJsonObject("request").getValue("raw_body"))
                .isNull();
    }

    @Test
    void anEchoShowsAParsedBody() {
        String path = terminating(new JsonObject().put("echo", true));
        assertThat(echoed(path, "application/json", "{\"a\":[1]}").getJsonObject("body"))
                .isEqualTo(new JsonObject("{\"a\":[1]}"));
        assertThat(echoed(path, "application/x-www-form-urlencoded", "a=b+c&a=%C3%A9&d")
                        .getJsonObject("body"))
                .isEqualTo(new JsonObject().put("a", JsonArray.of("b c", "é")).put("d", true));
        String deep = "[".repeat(999) + "]".repeat(999);
        for (String unparsed : List.of("{", "1", deep)) {
            JsonObject request = echoed(path, "application/json", unparsed);
            assertThat(request.getValue("raw_body")).isEqualTo(unparsed);
            assertThat(request.containsKey("body")).isFalse();
        }
        assertThat(echoed(path, "text/plain", "{}").containsKey("body")).isFalse();
    }

    private static JsonObject echoed(String path, String type, String body) {
        return Http.send(Http.request("POST", api.gatehouse.proxyUrl(path), type, body))
                .isStatus(503)
                .json()
                .getJsonObject("request");
    }

    @Test
    void anEchoShowsHeadersAsUtf8() {
        String path = terminating(new JsonObject().put("echo", true));
        String request = "GET " + path + " HTTP/1.1\r\nHost: a\r\nX-City: Łódź\r\nConnection: close\r\n\r\n";
        String response = RawClient.send(
                        api.gatehouse,
                        new String(request.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
                .text();
        String body = new String(
                response.substring(response.indexOf("\r\n\r\n")).getBytes(StandardCharsets.ISO_8859_1),
                StandardCharsets.UTF_8);
        assertThat(body).contains("\"x-city\":\"Łódź\"");
    }

    @Test
    void aBodyTooLargeToEchoIsRejected() {
        String path = terminating(new JsonObject().put("echo", true));
        Http.send(Http.request("POST", api.gatehouse.proxyUrl(path), "text/plain", "x".repeat(65 * 1024)))
                .isMessage(413, "Payload too large");
    }

    @Test
    void messageAndBodyAreExclusive() {
        assertRefused(
                new JsonObject().put("message", "m").put("body", "b"),
                "config: message cannot be used with content_type or body");
        assertRefused(
                new JsonObject().put("message", "m").put("content_type", "text/plain"),
                "config: message cannot be used with content_type or body");
        assertRefused(new JsonObject().put("content_type", "text/plain"), "config: content_type requires a body");
        assertRefused(
                new JsonObject().put("echo", true).put("body", "b"),
                "config: echo cannot be used with content_type and body");
    }

    @Test
    void aStatusIsRequired() {
        for (String field : List.of("status_code", "echo")) {
            assertRefused(new JsonObject().putNull(field), "config." + field + ": required field missing");
        }
    }

    @Test
    void anInterimStatusIsRejected() {
        for (int status : new int[] {101, 199, 600}) {
            assertRefused(
                    new JsonObject().put("status_code", status),
                    "config.status_code: value should be between 200 and 599");
        }
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("request-termination", new JsonObject());
    }
}
