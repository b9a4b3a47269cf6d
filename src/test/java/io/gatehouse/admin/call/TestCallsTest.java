package io.gatehouse.admin.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests calls of the proxy for operators, and that they reach nothing else (docs/reference/admin-api.md#test-calls). */
class TestCallsTest {
    private static final String PATH = "/gatehouse/test-call";
    private static final String TOKEN = "the-admin-token-of-the-test";

    private static Upstream upstream;
    private static Gatehouse gatehouse;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start(Gatehouse.withAdmin(
                Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1")),
                new AdminConfig(
                        new ListenAddress("127.0.0.1", 0), Duration.ofSeconds(5), List.of(TOKEN), false, null)));
        admin("PUT", "/services/api", Map.of("url", "http://127.0.0.1:" + upstream.port()));
        admin("PUT", "/services/api/routes/api", Map.of("paths", List.of("/api")));
        admin("PUT", "/services/secured", Map.of("url", "http://127.0.0.1:" + upstream.port()));
        admin("PUT", "/services/secured/routes/secured", Map.of("paths", List.of("/secured")));
        admin(
                "POST",
                "/services/secured/plugins",
                Map.of("name", "oauth2", "config", Map.of("enable_client_credentials", true)));
        admin("PUT", "/consumers/alex", Map.of());
        admin("PUT", "/consumers/alex/oauth2/app", Map.of("name", "app", "client_secret", "app-secret"));
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @AfterEach
    void echo() {
        upstream.behave(Upstream::echo);
    }

    private static Reply admin(String method, String path, Map<String, Object> body) {
        return Http.send(Http.json(method, gatehouse.adminUrl(path), new JsonObject(body).encode())
                .header("Authorization", "Bearer " + TOKEN));
    }

    private static Reply call(Map<String, Object> described) {
        return admin("POST", PATH, described);
    }

    private static JsonObject response(Map<String, Object> described) {
        return call(described).isStatus(200).json().getJsonObject("response");
    }

    private static JsonObject echoed(Map<String, Object> described) {
        JsonObject response = response(described);
        assertThat(response.getInteger("status")).as(response.encode()).isEqualTo(200);
        return new JsonObject(response.getString("body"));
    }

    @Test
    void aCallGoesThroughTheProxyToTheUpstream() {
        JsonObject echo = echoed(Map.of(
                "method",
                "POST",
                "url",
                "http://api.example:1234/api/7?x=1",
                "headers",
                Map.of("X-Canary", List.of("yes")),
                "body",
                "hello"));
        assertThat(echo.getString("method")).isEqualTo("POST");
        assertThat(echo.getString("uri")).isEqualTo("/7?x=1");
        assertThat(echo.getString("body")).isEqualTo("hello");
        JsonObject headers = echo.getJsonObject("headers");
        assertThat(headers.getString("x-canary")).isEqualTo("yes");
        assertThat(headers.getString("x-forwarded-host")).startsWith("api.example");
        assertThat(headers.getString("x-forwarded-for")).isEqualTo("127.0.0.1");
    }

    @Test
    void theSchemeSelectsTheListener() {
        assertThat(echoed(Map.of("url", "https://api.example/api"))
                        .getJsonObject("headers")
                        .getString("x-forwarded-proto"))
                .isEqualTo("https");
        assertThat(echoed(Map.of("url", "http://api.example/api"))
                        .getJsonObject("headers")
                        .getString("x-forwarded-proto"))
                .isEqualTo("http");
    }

    @Test
    void aTokenIsIssuedAndUsed() {
        Map<String, List<String>> form = Map.of("Content-Type", List.of("application/x-www-form-urlencoded"));
        JsonObject issued = response(Map.of(
                "method",
                "POST",
                "url",
                "https://localhost/secured/oauth2/token",
                "headers",
                form,
                "body",
                "grant_type=client_credentials&client_id=app&client_secret=app-secret"));
        String token = new JsonObject(issued.getString("body")).getString("access_token");
        assertThat(token).isNotEmpty();

        assertThat(response(Map.of("url", "http://localhost/secured")).getInteger("status"))
                .isEqualTo(401);
        assertThat(echoed(Map.of(
                                "url",
                                "http://localhost/secured",
                                "headers",
                                Map.of("Authorization", List.of("Bearer " + token))))
                        .getJsonObject("headers")
                        .getString("x-consumer-username"))
                .isEqualTo("alex");
    }

    @Test
    void theUrlDoesNotSelectTheAddress() {
        int before = upstream.requests();
        for (String host : List.of("127.0.0.1:" + upstream.port(), "169.254.169.254", "[::1]:22", "localhost:5432")) {
            JsonObject response = response(Map.of("url", "http://" + host + "/nothing"));
            assertThat(response.getInteger("status")).as(host).isEqualTo(404);
            assertThat(response.getString("body")).contains("no Route matched");
        }
        assertThat(upstream.requests()).isEqualTo(before);
    }

    @Test
    void aRedirectIsNotFollowed() {
        int before = upstream.requests();
        upstream.behave(request -> request.response()
                .setStatusCode(302)
                .putHeader("Location", "http://127.0.0.1:" + upstream.port() + "/next")
                .end());
        JsonObject response = response(Map.of("url", "http://localhost/api"));
        assertThat(response.getInteger("status")).isEqualTo(302);
        assertThat(response.getJsonObject("headers").getJsonArray("location")).hasSize(1);
        assertThat(upstream.requests()).isEqualTo(before + 1);
    }

    @Test
    void theCallHasNoFieldOfTheRequestOfTheOperator() {
        JsonObject headers = echoed(Map.of("url", "http://localhost/api")).getJsonObject("headers");
        assertThat(headers.encode()).doesNotContain(TOKEN);
        assertThat(headers.fieldNames()).doesNotContain("authorization", "kong-admin-token", "cookie", "origin");
    }

    @Test
    void anAdminTokenIsNotSent() {
        int before = upstream.requests();
        for (Map<String, Object> described : List.<Map<String, Object>>of(
                Map.of("url", "http://localhost/api", "headers", Map.of("Authorization", List.of("Bearer " + TOKEN))),
                Map.of("url", "http://localhost/api", "headers", Map.of("X-Any", List.of("a" + TOKEN + "b"))),
                Map.of("url", "http://localhost/api?token=" + TOKEN),
                Map.of("url", "http://localhost/api", "method", "POST", "body", "token=" + TOKEN))) {
            Reply reply = call(described);
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.text()).contains("token of the Admin API").doesNotContain(TOKEN);
        }
        assertThat(upstream.requests()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "Connection",
                "Content-Length",
                "Transfer-Encoding",
                "Upgrade",
                "Expect",
                "Forwarded",
                "X-Forwarded-For",
                "x_forwarded_for",
                "X-Forwarded-Proto",
                "X-Real-IP",
                "Proxy-Authorization",
                "Kong-Admin-Token",
                "a b",
                "a:b"
            })
    void aHeaderThatFramesTheMessageOrStatesAnAddressIsRejected(String name) {
        Reply reply = call(Map.of("url", "http://localhost/api", "headers", Map.of(name, List.of("1"))));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().getInteger("code")).isEqualTo(2);
    }

    @Test
    void aLineBreakIsNoPartOfAHeader() {
        Reply reply = call(Map.of("url", "http://localhost/api", "headers", Map.of("X-A", List.of("1\r\nHost: evil"))));
        assertThat(reply.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api",
                "ftp://localhost/api",
                "http://localhost/%",
                "http://localhost/a b",
                "http://localhost/\u00e9",
                "http://user@localhost/api",
                "http://localhost/api\r\nX: y"
            })
    void aUrlThatTheProxyWouldRejectIsABadRequest(String url) {
        assertThat(call(Map.of("url", url)).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT", "TRACE", "get", "G T"})
    void anotherMethodIsRejected(String method) {
        assertThat(call(Map.of("url", "http://localhost/api", "method", method)).status())
                .isEqualTo(400);
    }

    @Test
    void aLongBodyIsCutBetweenCharacters() {
        // The limit is in the middle of a character.
        String text = "a" + "é".repeat(CalledResponse.MAX_BODY);
        upstream.behave(request -> request.response().end(text));
        JsonObject response = response(Map.of("url", "http://localhost/api"));
        assertThat(response.getBoolean("truncated")).isTrue();
        assertThat(response.getValue("body_base64")).isNull();
        assertThat(response.getString("body").getBytes(StandardCharsets.UTF_8)).hasSize(CalledResponse.MAX_BODY - 1);
    }

    @Test
    void bytesThatAreNoTextAreInBase64() {
        byte[] bytes = {(byte) 0xff, 0, 1};
        upstream.behave(request -> request.response().end(Buffer.buffer(bytes)));
        JsonObject response = response(Map.of("url", "http://localhost/api"));
        assertThat(response.getValue("body")).isNull();
        assertThat(response.getBoolean("truncated")).isFalse();
        assertThat(Base64.getDecoder().decode(response.getString("body_base64")))
                .isEqualTo(bytes);
    }

    @Test
    void aTokenOfTheAdminApiIsRequired() {
        Reply reply = Http.send(Http.json(
                "POST",
                gatehouse.adminUrl(PATH),
                new JsonObject().put("url", "http://localhost/api").encode()));
        assertThat(reply.status()).isEqualTo(401);
    }

    @Test
    void aNodeWithoutAProxyCallsNothing() {
        try (AdminNode admin = new AdminNode()) {
            AdminNode.Reply reply = admin.post(PATH, Map.of("url", "http://localhost/api"));
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.message()).isEqualTo("this node has no listener of the proxy for http");
        }
    }

    @Test
    void testCallsCanBeOff_andAreBeyondLoopback() {
        AdminConfig off = new AdminConfig(
                new ListenAddress("127.0.0.1", 0), Duration.ofSeconds(2), List.of(), true, null, Duration.ZERO, false);
        try (AdminNode admin = new AdminNode(TestDatabase.create(), off)) {
            AdminNode.Reply reply = admin.post(PATH, Map.of("url", "http://localhost/api"));
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.message()).isEqualTo("test calls are off: set admin.test-calls to on");
        }
        ListenAddress everywhere = new ListenAddress("0.0.0.0", 0);
        assertThat(new AdminConfig(everywhere, Duration.ofSeconds(2), List.of(TOKEN), false, null).testCalls())
                .isFalse();
    }
}
