package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests response-transformer against Kong 3.10. */
class ResponseTransformerTest {
    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @AfterEach
    void echo() {
        api.upstream.behave(Upstream::echo);
    }

    private static String onResponses(String... edits) {
        return api.protectedBy("response-transformer", PluginApi.edits(edits));
    }

    @Test
    void headersOfResponsesAreEdited() {
        api.upstream.behave(request -> request.response()
                .putHeader("X-Gone", "1")
                .putHeader("X-Old", "1")
                .putHeader("X-There", "1")
                .end("text"));
        Reply reply = api.gatehouse
                .get(onResponses(
                        "remove.headers=x-gone",
                        "rename.headers=x-old:x-new",
                        "replace.headers=x-there:2,x-missing:2",
                        "add.headers=x-there:no,x-added:3",
                        "append.headers=x-there:4"))
                .isStatus(200);
        assertThat(reply.header("x-gone")).isNull();
        assertThat(reply.header("x-old")).isNull();
        assertThat(reply.header("x-new")).isEqualTo("1");
        assertThat(reply.header("x-missing")).isNull();
        assertThat(reply.header("x-added")).isEqualTo("3");
        assertThat(reply.response().headers().allValues("x-there")).containsExactly("2", "4");
        assertThat(reply.text()).isEqualTo("text");
    }

    @Test
    void responsesToRejectedRequestsAreEditedToo() {
        String path = onResponses("add.headers=x-added:1", "add.json=more:m", "remove.json=request_id");
        api.add(path, "key-auth", new JsonObject());
        Reply reply = api.gatehouse.get(path).isStatus(401);
        assertThat(reply.header("x-added")).isEqualTo("1");
        assertThat(reply.json())
                .isEqualTo(new JsonObject()
                        .put("message", "No API key found in request")
                        .put("more", "m"));
    }

    @Test
    void jsonBodiesOfResponsesAreEditedWithTypes() {
        api.upstream.behave(request -> request.response()
                .putHeader("content-type", "application/json; charset=utf-8")
                .end("{\"gone\":1,\"old\":2,\"there\":3,\"list\":[1]}"));
        String path = api.protectedBy(
                "response-transformer",
                PluginApi.edits(
                        "remove.json=gone",
                        "rename.json=old:new",
                        "replace.json=there:true",
                        "replace.json_types=boolean",
                        "add.json=n:1.5,i:7,s:8",
                        "add.json_types=number,number",
                        "append.json=list:2"));
        Reply reply = api.gatehouse.get(path).isStatus(200);
        assertThat(reply.json())
                .isEqualTo(
                        new JsonObject("{\"new\":2,\"there\":true,\"list\":[1,\"2\"],\"n\":1.5,\"i\":7,\"s\":\"8\"}"));
        assertThat(reply.header("content-length"))
                .isEqualTo(Integer.toString(reply.text().length()));
    }

    @Test
    void aResponseThatIsTooLargeToEditIsNotShown() {
        api.upstream.behave(request -> request.response()
                .putHeader("content-type", "application/json")
                .end(Buffer.buffer("{\"secret\":\"" + "x".repeat(2_000_000) + "\"}")));
        Reply reply = api.gatehouse.get(onResponses("remove.json=secret"));
        reply.isMessage(502, "An invalid response was received from the upstream server");
    }

    @Test
    void aResponseThatCannotBeEditedIsCounted() {
        String path = onResponses("remove.json=secret");
        double before = failures();
        respondJson("{\"secret\":1,}");
        api.gatehouse.get(path).isStatus(502);
        respondJson("{\"secret\":1}");
        api.gatehouse.get(path).isStatus(200);
        await().untilAsserted(() -> assertThat(failures()).isEqualTo(before + 1));
    }

    private static double failures() {
        String line = "gatehouse_plugin_failures_total{plugin=\"response-transformer\"";
        return Http.send(Http.get(api.gatehouse.statusUrl("/metrics")))
                .text()
                .lines()
                .filter(each -> each.startsWith(line))
                .mapToDouble(each -> Double.parseDouble(each.substring(each.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static void json(HttpServerRequest request) {
        request.response().putHeader("content-type", "application/json").end("{\"secret\":1,\"other\":2}");
    }

    @Test
    void aClientThatAsksForAWebSocketReceivesNoOtherBody() {
        api.upstream.behave(ResponseTransformerTest::json);
        RawClient.Answer answer = RawClient.first(
                api.gatehouse,
                "GET " + onResponses("remove.json=secret")
                        + " HTTP/1.1\r\nHost: a.test\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).endsWith("{\"other\":2}").contains("connection: close");
    }

    @Test
    void aClientCannotAskForABodyThatCannotBeEdited() {
        JsonObject headers = api.gatehouse
                .get(onResponses("remove.json=secret"), "Accept-Encoding", "gzip", "Range", "bytes=1-9")
                .isStatus(200)
                .json()
                .getJsonObject("headers");
        assertThat(headers.getString("accept-encoding")).isEqualTo("identity");
        assertThat(headers.containsKey("range")).isFalse();
        assertThat(api.gatehouse
                        .get(onResponses("add.headers=a:b"), "Range", "bytes=1-9")
                        .isStatus(200)
                        .json()
                        .getJsonObject("headers")
                        .getString("range"))
                .isEqualTo("bytes=1-9");
    }

    @Test
    void aBodyThatIsCompressedOrPartialNeverthelessIsNotShown() {
        String path = onResponses("remove.json=secret");
        api.upstream.behave(request -> {
            request.response().putHeader("content-encoding", "gzip");
            json(request);
        });
        api.gatehouse.get(path).isMessage(502, "An invalid response was received from the upstream server");
        api.upstream.behave(request -> {
            request.response().setStatusCode(206);
            json(request);
        });
        RawClient.Answer answer = RawClient.first(api.gatehouse, "GET " + path + " HTTP/1.1\r\nHost: a.test\r\n\r\n");
        assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 502 Bad Gateway");
    }

    @Test
    void aSecondTypeOrEncodingCounts() {
        String path = onResponses("remove.json=secret");
        api.upstream.behave(request -> {
            request.response().headers().add("content-type", "text/plain").add("content-type", "application/json");
            request.response().end("{\"secret\":1,\"other\":2}");
        });
        assertThat(api.gatehouse.get(path).isStatus(200).text()).isEqualTo("{\"other\":2}");
        api.upstream.behave(request -> {
            request.response().headers().add("content-encoding", "identity").add("content-encoding", "gzip");
            json(request);
        });
        api.gatehouse.get(path).isStatus(502);
    }

    private static void respondJson(String body) {
        api.upstream.behave(request ->
                request.response().putHeader("content-type", "application/json").end(body));
    }

    /** Python writes and reads NaN, and many readers accept a comma too many. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"secret\":1,\"other\":NaN}",
                "\r\n\t {\"secret\":1,}",
                "\uFEFF{'secret':1}",
                "{\"secret\":1} and more",
                "{\"secret\":1"
            })
    void aBodyThatALessStrictReaderTakesForAnObjectIsNotShown(String body) {
        respondJson(body);
        api.gatehouse
                .get(onResponses("remove.json=secret"))
                .isMessage(502, "An invalid response was received from the upstream server");
    }

    @Test
    void anObjectThatIsNestedTooDeeplyIsNotShown() {
        respondJson("{\"secret\":1,\"deep\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}");
        api.gatehouse.get(onResponses("remove.json=secret")).isStatus(502);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{\"secret\":1}]", "\"{\"", "no JSON", ""})
    void aBodyThatIsNoObjectPasses(String body) {
        respondJson(body);
        assertThat(api.gatehouse
                        .get(onResponses("remove.json=secret"))
                        .isStatus(200)
                        .text())
                .isEqualTo(body);
    }

    @Test
    void aResponseThatCannotBeEditedDoesNotCountAgainstTheTarget() {
        JsonObject unhealthy = new JsonObject().put("tcp_failures", 1).put("http_failures", 1);
        api.gatehouse.create(
                "/upstreams",
                new JsonObject()
                        .put("name", "large.upstream")
                        .put(
                                "healthchecks",
                                new JsonObject().put("passive", new JsonObject().put("unhealthy", unhealthy))));
        api.gatehouse.create(
                "/upstreams/large.upstream/targets",
                new JsonObject().put("target", "127.0.0.1:" + api.upstream.port()));
        api.gatehouse.create("/services", new JsonObject().put("name", "large").put("url", "http://large.upstream"));
        api.gatehouse.create("/services/large/routes", new JsonObject().put("paths", List.of("/large")));
        api.add("/large", "response-transformer", PluginApi.edits("remove.json=secret"));
        api.upstream.behave(request -> {
            request.response().putHeader("content-encoding", "gzip");
            json(request);
        });
        for (int i = 0; i < 3; i++) {
            api.gatehouse.get("/large").isStatus(502);
        }
    }

    @Test
    void aResponseToHeadHasNoBodyInHttp2() {
        HttpClient client = api.upstream
                .vertx()
                .createHttpClient(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false));
        String asGet = api.protectedBy("request-transformer", new JsonObject().put("http_method", "GET"));
        for (String path : List.of(asGet, "/no-such-route")) {
            RequestOptions head = new RequestOptions()
                    .setMethod(HttpMethod.HEAD)
                    .setHost("localhost")
                    .setPort(api.gatehouse.node().port("proxy.http"))
                    .setURI(path);
            Buffer body = Gatehouse.await(
                    client.request(head).compose(request -> request.send().compose(HttpClientResponse::body)));
            assertThat(body.length()).as(path).isZero();
        }
        Gatehouse.await(client.close());
    }

    @Test
    void aResponseOfAnotherTypeAndAResponseToHeadPass() {
        String path = onResponses("remove.json=headers");
        Reply head =
                Http.send(Http.get(api.gatehouse.proxyUrl(path)).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        head.isStatus(200);
        api.upstream.behave(request ->
                request.response().putHeader("content-type", "text/plain").end("{\"headers\":1}"));
        assertThat(api.gatehouse.get(path).text()).isEqualTo("{\"headers\":1}");
    }

    @Test
    void theSchemaContainsEveryDefault() {
        JsonObject stored =
                api.add(api.open(), "response-transformer", new JsonObject()).getJsonObject("config");
        assertThat(stored.getJsonObject("add").getJsonArray("headers")).isEmpty();
        assertThat(stored.getJsonObject("rename").getJsonArray("headers")).isEmpty();
    }
}
