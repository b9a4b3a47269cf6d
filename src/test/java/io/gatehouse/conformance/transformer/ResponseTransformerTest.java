package io.gatehouse.conformance.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests response-transformer against Kong 3.10. */
class ResponseTransformerTest extends TransformerTestBase {
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/problem+json",
                "Application/Vnd.Test+JSON; charset=utf-8",
                "text/plain, application/hal+json"
            })
    void aBodyOfATypeWithTheSuffixOfJsonIsEdited(String type) {
        api.upstream.behave(
                request -> request.response().putHeader("content-type", type).end("{\"secret\":1,\"other\":2}"));
        assertThat(api.gatehouse
                        .get(onResponses("remove.json=secret"))
                        .isStatus(200)
                        .text())
                .isEqualTo("{\"other\":2}");
    }

    @Test
    void aClientThatAsksForAWebSocketReceivesNoOtherBody() {
        api.upstream.behave(request ->
                request.response().putHeader("content-type", "application/json").end("{\"secret\":1,\"other\":2}"));
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
