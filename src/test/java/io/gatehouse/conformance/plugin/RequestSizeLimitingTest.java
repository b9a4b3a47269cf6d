package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.Http2Requests;
import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Http;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the request-size-limiting plugin against Kong 3.10. */
class RequestSizeLimitingTest {
    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static String limited(int bytes) {
        return api.protectedBy(
                "request-size-limiting",
                new JsonObject().put("allowed_payload_size", bytes).put("size_unit", "bytes"));
    }

    private static HttpRequest.Builder post(String path, int bytes) {
        return Http.request("POST", api.gatehouse.proxyUrl(path), "text/plain", "x".repeat(bytes));
    }

    private static HttpRequest.Builder postChunked(String path, int bytes) {
        return HttpRequest.newBuilder(URI.create(api.gatehouse.proxyUrl(path)))
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[bytes])));
    }

    @Test
    void anAnnouncedBodyIsLimited() {
        String path = limited(10);
        Http.send(post(path, 10)).isStatus(200);
        Http.send(post(path, 11)).isMessage(413, "Request size limit exceeded");
        api.gatehouse.get(path).isStatus(200);
    }

    @Test
    void anUnannouncedBodyIsLimitedWhileItIsForwarded() {
        String path = limited(100_000);
        Http.send(postChunked(path, 100_000)).isStatus(200);
        Http.send(postChunked(path, 100_001)).isMessage(413, "Request size limit exceeded");
        Http.send(postChunked(path, 5_000_000)).isMessage(413, "Request size limit exceeded");
    }

    @Test
    void anUnannouncedBodyIsLimitedForLaterPluginsToo() {
        String path = limited(10);
        api.add(path, "request-termination", new JsonObject().put("echo", true));
        Http.send(postChunked(path, 10)).isStatus(503);
        Http.send(postChunked(path, 11)).isMessage(413, "Request size limit exceeded");
    }

    @Test
    void aBodyOfHttp2IsLimited() {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("localhost")
                .setPort(api.gatehouse.node().port("proxy.http"))
                .setURI(limited(100_000));
        Buffer half = Buffer.buffer("x".repeat(50_000));
        assertThat(Http2Requests.status(options, List.of(half, half))).isEqualTo(200);
        assertThat(Http2Requests.status(options, List.of(half, half, Buffer.buffer("x"))))
                .isEqualTo(413);
        assertThat(Http2Requests.status(options, List.of(Buffer.buffer("x".repeat(100_001)))))
                .isEqualTo(413);
    }

    @Test
    void aClientThatExpectsToContinueIsRejectedBeforeItsBody() {
        String path = limited(10);
        String request = "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n";
        assertThat(RawClient.first(api.gatehouse, request.formatted(path)).status())
                .isEqualTo(417);
    }

    @Test
    void anUnannouncedBodyOfAClientThatExpectsToContinueIsRejectedLikewise() {
        String head =
                "POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nConnection: close";
        String request = head + "\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n";
        assertThat(RawClient.send(api.gatehouse, request.formatted(limited(11))).text())
                .contains("HTTP/1.1 200 ");
        assertThat(RawClient.send(api.gatehouse, request.formatted(limited(10))).text())
                .contains("HTTP/1.1 417 ");
    }

    @Test
    void aLengthCanBeRequired() {
        String path = api.protectedBy("request-size-limiting", new JsonObject().put("require_content_length", true));
        Http.send(post(path, 10)).isStatus(200);
        Http.send(postChunked(path, 10)).isMessage(411, "A valid Content-Length header is required");
    }

    @Test
    void aMegabyteHas1024Kilobytes() {
        String path = api.protectedBy("request-size-limiting", new JsonObject().put("allowed_payload_size", 1));
        Http.send(post(path, 1_048_576)).isStatus(200);
        Http.send(post(path, 1_048_577)).isStatus(413);
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("request-size-limiting", new JsonObject());
    }
}
