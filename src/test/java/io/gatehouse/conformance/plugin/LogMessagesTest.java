package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.plugin.Redaction;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Upstream;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the messages of the plugins that log requests against Kong 3.10. */
class LogMessagesTest {
    private static PluginApi api;
    private static LogServer server;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        server = new LogServer(api.upstream.vertx());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @AfterEach
    void clear() {
        server.clear();
    }

    @Test
    void theMessageDescribesTheRequest() {
        String path = api.protectedBy("http-log", server.httpLog(new JsonObject()));
        Http.send(Http.json("POST", api.gatehouse.proxyUrl(path + "/a?x=1&y=2&y=3&z"), "{}"))
                .isStatus(200);

        JsonObject message = new JsonObject(server.next());

        JsonObject request = message.getJsonObject("request");
        assertThat(request.getString("method")).isEqualTo("POST");
        assertThat(request.getString("uri")).isEqualTo(path + "/a?x=1&y=2&y=3&z");
        assertThat(request.getString("url")).isEqualTo(api.gatehouse.proxyUrl(path + "/a?x=1&y=2&y=3&z"));
        assertThat(request.getJsonObject("querystring"))
                .isEqualTo(new JsonObject("{\"x\":\"1\",\"y\":[\"2\",\"3\"],\"z\":true}"));
        assertThat(request.getJsonObject("headers").getString("content-type")).isEqualTo("application/json");
        assertThat(request.getString("id")).hasSize(32);
        assertThat(request.getInteger("size")).isEqualTo(2);
        JsonObject response = message.getJsonObject("response");
        assertThat(response.getInteger("status")).isEqualTo(200);
        assertThat(response.getJsonObject("headers").getString("x-kong-request-id"))
                .isEqualTo(request.getString("id"));
        assertThat(response.getInteger("size")).isPositive();
        assertThat(message.getJsonObject("latencies").fieldNames())
                .containsExactlyInAnyOrder("request", "kong", "proxy", "receive");
        JsonObject attempt = message.getJsonArray("tries").getJsonObject(0);
        assertThat(attempt.getString("ip")).isEqualTo("127.0.0.1");
        assertThat(attempt.getInteger("port")).isEqualTo(api.upstream.port());
        assertThat(message.getString("upstream_uri")).isEqualTo("/a?x=1&y=2&y=3&z");
        assertThat(message.getString("upstream_status")).isEqualTo("200");
        assertThat(message.getString("source")).isEqualTo("upstream");
        assertThat(message.getString("client_ip")).isEqualTo("127.0.0.1");
        assertThat(message.getString("workspace"))
                .isEqualTo(
                        api.gatehouse.admin("GET", "/workspaces/default").json().getString("id"));
        assertThat(message.getLong("started_at")).isGreaterThan(1_700_000_000_000L);
        assertThat(message.getJsonObject("route").getJsonArray("paths")).containsExactly(path);
        assertThat(message.getJsonObject("service").getString("name")).isEqualTo(path.substring(1));
    }

    @Test
    void credentialsAreRedactedOnEveryRoute() {
        api.protectedBy("key-auth", new JsonObject().put("key_names", List.of("x-secret-key")));
        api.protectedBy("jwt", new JsonObject().put("cookie_names", List.of("token")));
        String path = api.protectedBy("http-log", server.httpLog(new JsonObject()));
        api.gatehouse
                .get(
                        path + "?x-secret-key=k1&x%2Dsecret-key=k2&a=b",
                        "Authorization",
                        "Bearer k3",
                        "X-Secret-Key",
                        "k4",
                        "Cookie",
                        "a=b; token=k5")
                .isStatus(200);
        String message = server.next();
        assertThat(message).doesNotContainPattern("k[1-5]\\b");
        JsonObject request = new JsonObject(message).getJsonObject("request");
        assertThat(request.getJsonObject("headers").getString("authorization")).isEqualTo("REDACTED");
        assertThat(request.getJsonObject("headers").getString("cookie")).isEqualTo("a=b; token=REDACTED");
        assertThat(request.getString("uri")).isEqualTo(path + "?x-secret-key=REDACTED&x%2Dsecret-key=REDACTED&a=b");
    }

    @Test
    void credentialsThatAPluginCopiesAreRedactedToo() {
        String path = api.protectedBy("key-auth", new JsonObject().put("key_names", List.of("copied-key")));
        api.add(
                path,
                "request-transformer",
                PluginApi.edits(
                                "rename.querystring=copied-key:token",
                                "add.querystring=more:a-$(query_params[\"copied-key\"]),short:b")
                        .put("replace", new JsonObject().put("uri", "/keys/$(query_params[\"copied-key\"])/x")));
        api.add(path, "http-log", server.httpLog(new JsonObject()));
        String key = api.key(api.consumer()).getString("key");
        assertThat(api.gatehouse
                        .get(path + "?copied-key=" + key + "&a=b")
                        .isStatus(200)
                        .json()
                        .getString("uri"))
                .isEqualTo("/keys/" + key + "/x?token=" + key + "&a=b&more=a-" + key + "&short=b");
        String message = server.next();
        assertThat(message).doesNotContain(key);
        assertThat(new JsonObject(message).getString("upstream_uri"))
                .isEqualTo("/REDACTED?token=REDACTED&a=b&more=REDACTED&short=REDACTED");
    }

    @Test
    void theSecretsThatAPluginAddsToTheQueryAreRedactedInTheUpstreamUri() {
        String path = api.protectedBy(
                "request-transformer",
                PluginApi.edits(
                        "replace.querystring=old:s1", "add.querystring=api_key:s2", "append.querystring=new:s3"));
        api.add(path, "http-log", server.httpLog(new JsonObject()));
        assertThat(api.gatehouse.get(path + "/x?b=1&old=2").isStatus(200).json().getString("uri"))
                .isEqualTo("/x?b=1&old=s1&api_key=s2&new=s3");
        JsonObject message = new JsonObject(server.next());
        assertThat(message.getString("upstream_uri")).isEqualTo("/x?b=1&old=REDACTED&api_key=REDACTED&new=REDACTED");
        assertThat(message.getJsonObject("request").getJsonObject("querystring"))
                .isEqualTo(new JsonObject("{\"b\":\"1\",\"old\":\"2\"}"));

        // A client's parameter of that name is none of the plugin's.
        String other = api.protectedBy("http-log", server.httpLog(new JsonObject()));
        api.gatehouse.get(other + "/x?api_key=1").isStatus(200);
        message = new JsonObject(server.next());
        assertThat(message.getString("upstream_uri")).isEqualTo("/x?api_key=1");
        assertThat(message.getJsonObject("request").getString("uri")).isEqualTo(other + "/x?api_key=1");
    }

    @Test
    void aCredentialOfAFormThatMovesToTheQueryIsRedactedToo() {
        String path = api.protectedBy("key-auth", new JsonObject().put("key_names", List.of("moved-key")));
        api.add(
                path,
                "request-transformer",
                PluginApi.edits("rename.querystring=moved-key:k").put("http_method", "GET"));
        api.add(path, "http-log", server.httpLog(new JsonObject()));
        String key = api.key(api.consumer()).getString("key");
        Http.send(Http.form(api.gatehouse.proxyUrl(path + "?a=b"), Map.of("moved-key", "s3"))
                        .header("moved-key", key))
                .isStatus(200);
        assertThat(new JsonObject(server.next()).getString("upstream_uri")).isEqualTo("/?a=b&k=REDACTED");
    }

    @Test
    void headersAreReadAsUtf8() {
        String path = api.protectedBy("http-log", server.httpLog(new JsonObject()));
        api.upstream.behave(request -> {
            api.upstream.behave(Upstream::echo);
            request.response().putHeader("X-City", octets("Köln")).end();
        });
        RawClient.send(
                api.gatehouse,
                octets("GET " + path + " HTTP/1.1\r\nHost: a\r\nX-City: Łódź\r\nX-Latin: ")
                        + "K\u00f6ln\r\nConnection: close\r\n\r\n");
        JsonObject message = new JsonObject(server.next());
        JsonObject sent = message.getJsonObject("request").getJsonObject("headers");
        assertThat(sent.getString("x-city")).isEqualTo("Łódź");
        assertThat(sent.getString("x-latin")).isEqualTo("Köln");
        assertThat(message.getJsonObject("response").getJsonObject("headers").getString("x-city"))
                .isEqualTo("Köln");
    }

    @Test
    void theMessageHasTheCorrelationId() {
        String path = api.protectedBy("correlation-id", new JsonObject());
        api.add(path, "http-log", server.httpLog(new JsonObject()));
        api.gatehouse.get(path, "Kong-Request-ID", "my-own").isStatus(200);
        assertThat(new JsonObject(server.next()).getString("correlation_id")).isEqualTo("my-own");

        String secret = api.protectedBy("correlation-id", new JsonObject().put("header_name", "authorization"));
        api.add(secret, "http-log", server.httpLog(new JsonObject()));
        api.gatehouse.get(secret, "Authorization", "Basic YWxleDpwdw==").isStatus(200);
        assertThat(new JsonObject(server.next()).getString("correlation_id")).isEqualTo(Redaction.REDACTED);
    }

    /** Returns text with one character for each byte of its UTF-8 form. */
    private static String octets(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @Test
    void rejectedRequestsAreLoggedWithTheConsumer() {
        String path = api.protectedBy("key-auth", new JsonObject());
        api.add(path, "http-log", server.httpLog(new JsonObject()));
        api.gatehouse.get(path).isStatus(401);
        JsonObject rejected = new JsonObject(server.next());
        assertThat(rejected.getJsonObject("response").getInteger("status")).isEqualTo(401);
        assertThat(rejected.getString("source")).isEqualTo("kong");
        assertThat(rejected.getString("upstream_uri")).isEmpty();
        assertThat(rejected.containsKey("consumer")).isFalse();

        String consumer = api.consumer();
        api.getWithKey(path, api.key(consumer)).isStatus(200);
        assertThat(new JsonObject(server.next()).getJsonObject("consumer").getString("username"))
                .isEqualTo(consumer);
    }

    @Test
    void aGlobalPluginLogsRequestsWithoutARoute() {
        JsonObject plugin = api.gatehouse.create(
                "/plugins", new JsonObject().put("name", "http-log").put("config", server.httpLog(new JsonObject())));
        try {
            api.gatehouse.get("/no-such-route?x=1").isStatus(404);
            JsonObject message = new JsonObject(server.next());
            assertThat(message.getJsonObject("request").getString("uri")).isEqualTo("/no-such-route?x=1");
            assertThat(message.containsKey("route")).isFalse();
        } finally {
            api.gatehouse.admin("DELETE", "/plugins/" + plugin.getString("id")).isStatus(204);
        }
    }

    @Test
    void aRequestWhoseClientHasLeftIsLogged() throws IOException {
        String path = api.protectedBy("http-log", server.httpLog(new JsonObject()));
        int before = api.upstream.requests();
        api.upstream.behave(request -> {});
        try (Socket client = new Socket("localhost", api.gatehouse.node().port("proxy.http"))) {
            client.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: a.test\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            await().atMost(LogServer.LIMIT).until(() -> api.upstream.requests() > before);
        } finally {
            api.upstream.behave(Upstream::echo);
        }
        JsonObject message = new JsonObject(server.next());
        assertThat(message.getJsonObject("response").getInteger("status")).isEqualTo(499);
        assertThat(message.getJsonObject("request").getString("url"))
                .startsWith("http://a.test")
                .endsWith(path);
    }

    @Test
    void aRequestInHttp2IsLoggedWithoutPseudoFields() {
        api.protectedBy("key-auth", new JsonObject().put("key_names", List.of("hidden-key")));
        String path = api.protectedBy("http-log", server.httpLog(new JsonObject()));
        HttpClient client = api.upstream
                .vertx()
                .createHttpClient(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false));
        Gatehouse.await(client.request(
                        HttpMethod.GET, api.gatehouse.node().port("proxy.http"), "localhost", path + "?hidden-key=s3")
                .compose(request -> request.send().compose(HttpClientResponse::body)));
        String message = server.next();
        assertThat(message).doesNotContain("s3", "\":path\"", "\":authority\"");
        Gatehouse.await(client.close());
    }

    @Test
    void luaIsRefused() {
        api.gatehouse
                .admin(
                        "POST",
                        "/services" + api.open() + "/plugins",
                        new JsonObject()
                                .put("name", "http-log")
                                .put(
                                        "config",
                                        server.httpLog(new JsonObject())
                                                .put("custom_fields_by_lua", new JsonObject().put("a", "return 1"))))
                .isMessage(
                        400, "schema violation (config.custom_fields_by_lua: not supported: the gateway runs no Lua)");
    }
}
