package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.proxy.grpc.GrpcApi;
import io.gatehouse.proxy.head.ScriptedUpstream;
import io.gatehouse.testing.Gatehouse;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that a field which is removed from a head does not pass as a trailer (RFC 9110 §6.5). */
class TrailersTest {
    private static final String BODY = "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n";

    private static Gatehouse gatehouse;
    private static ScriptedUpstream upstream;

    @BeforeAll
    static void start() throws IOException {
        upstream = new ScriptedUpstream();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("plain", "/plain", upstream.port());
        gatehouse.createApi("keyed", "/keyed", upstream.port());
        gatehouse.createApi("changed", "/changed", upstream.port());
        gatehouse.create("/consumers", new JsonObject().put("username", "alex"));
        gatehouse.create("/consumers/alex/key-auth", new JsonObject().put("key", "sesame"));
        plugin("keyed", "key-auth", new JsonObject().put("hide_credentials", true));
        plugin(
                "changed",
                "request-transformer",
                new JsonObject()
                        .put("add", new JsonObject().put("headers", List.of("X-Added:gateway")))
                        .put("remove", new JsonObject().put("headers", List.of("X-Removed"))));
        plugin(
                "changed",
                "response-transformer",
                new JsonObject().put("remove", new JsonObject().put("headers", List.of("X-Internal"))));
    }

    private static void plugin(String service, String name, JsonObject config) {
        gatehouse.create(
                "/services/" + service + "/plugins",
                new JsonObject().put("name", name).put("config", config));
    }

    @AfterAll
    static void stop() throws IOException {
        gatehouse.close();
        upstream.close();
    }

    @BeforeEach
    void behave() {
        upstream.invalidate();
        upstream.behave(request -> ScriptedUpstream.OK);
    }

    /** Returns what the upstream received behind the body. */
    private static String passed(String path, String head, String trailers) {
        RawClient.first(gatehouse, "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + head + BODY + trailers + "\r\n");
        assertThat(upstream.requests()).hasSize(1);
        String request = upstream.requests().get(0);
        return request.substring(request.lastIndexOf("\r\n0\r\n") + 5);
    }

    @Test
    void aHiddenCredentialDoesNotPass() {
        assertThat(passed("/keyed", "apikey: sesame\r\n", "apikey: sesame\r\nX-Sum: 1\r\n"))
                .isEqualTo("X-Sum: 1\r\n\r\n");
    }

    @Test
    void aFieldThatAPluginRemovesOrSetsDoesNotPass() {
        assertThat(passed("/changed", "", "X-Added: client\r\nx-removed: 1\r\nX-Sum: 1\r\n"))
                .isEqualTo("X-Sum: 1\r\n\r\n");
    }

    @Test
    void aFieldOfTheConnectionDoesNotPass() {
        assertThat(passed("/plain", "Connection: X-Hop\r\n", "X-Hop: 1\r\nX-Sum: 1\r\n"))
                .isEqualTo("X-Sum: 1\r\n\r\n");
    }

    @Test
    void theTrailersOfEachRequestOfAConnectionPass() {
        String get = "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n";
        String post = "POST /plain HTTP/1.1\r\nHost: a\r\n" + BODY + "X-Sum: %d\r\n\r\n";
        String last = "GET /plain HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

        RawClient.send(gatehouse, get + post.formatted(1) + get + post.formatted(2) + last);

        assertThat(upstream.requests()).hasSize(5);
        assertThat(upstream.requests().get(1)).endsWith("\r\n0\r\nX-Sum: 1\r\n\r\n");
        assertThat(upstream.requests().get(3)).endsWith("\r\n0\r\nX-Sum: 2\r\n\r\n");
    }

    /** Returns the trailers that the client receives. */
    private static String returned(String path, String head, String trailers) {
        upstream.behave(request -> "HTTP/1.1 200 OK\r\n" + head + BODY + trailers + "\r\n");
        String response = RawClient.send(
                        gatehouse,
                        "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close, TE\r\nTE: trailers\r\n\r\n")
                .text();
        return response.substring(response.lastIndexOf("\r\n0\r\n") + 5);
    }

    @Test
    void fieldsThatARecipientNeedsBeforeTheBodyDoNotPass() {
        assertThat(returned(
                        "/plain",
                        "Connection: X-Hop\r\n",
                        "Set-Cookie: a=b\r\nLocation: /b\r\nCache-Control: public\r\nX-Hop: 1\r\nX-Sum: 1\r\n"))
                .isEqualToIgnoringCase("X-Sum: 1\r\n\r\n");
    }

    @Test
    void noFieldPassesAPluginThatChangesTheResponse() {
        assertThat(returned("/changed", "", "X-Internal: 1\r\nX-Sum: 1\r\n")).isEqualTo("\r\n");
    }

    @Test
    void aClientOfHttp10_getsTheBodyWithoutTrailers() {
        for (String path : List.of("/plain", "/changed", "/keyed")) {
            upstream.behave(request -> "HTTP/1.1 200 OK\r\n" + BODY + "X-Sum: 1\r\n\r\n");
            RawClient.Answer answer =
                    RawClient.send(gatehouse, "GET " + path + " HTTP/1.0\r\nHost: a\r\napikey: sesame\r\n\r\n");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).endsWith("\r\n\r\nbody");
        }
    }

    @Test
    void aFieldThatFramesAResponseIsDropped() {
        String forbidden = """
                Content-Length: 9\r
                Transfer-Encoding: gzip\r
                Trailer: X-Sum\r
                Connection: close\r
                Host: b\r
                TE: trailers\r
                Upgrade: h2c\r
                Keep-Alive: 5\r
                """;
        assertThat(returned("/plain", "", forbidden + "X-Sum: 1\r\n")).containsIgnoringCase("X-Sum: 1\r\n");
        assertThat(returned("/plain", "", forbidden))
                .doesNotContainIgnoringCase("content-length")
                .doesNotContainIgnoringCase("transfer-encoding")
                .doesNotContainIgnoringCase("connection")
                .doesNotContainIgnoringCase("upgrade");
    }

    @Test
    void aClientOfHttp2_getsTheFieldsThatHttp2Allows() throws IOException {
        upstream.behave(request -> "HTTP/1.1 200 OK\r\n" + BODY
                + "X-Sum: 1\r\nProxy-Connection: close\r\nHTTP2-Settings: a\r\nX-Latin: \u00e4\r\nX-Tab: a\tb\r\n\r\n");
        try (Http2Socket client = Http2Socket.open(gatehouse.node().port("proxy.http"))) {
            client.headers(
                            1,
                            Http2Socket.END_STREAM,
                            ":method: GET",
                            ":scheme: http",
                            ":authority: a",
                            ":path: /plain",
                            "te: trailers")
                    .send();
            assertThat(client.status(client.await(Http2Socket.HEADERS))).isEqualTo(200);
            var trailers = client.fields(client.await(Http2Socket.HEADERS));
            assertThat(trailers.get("x-sum")).asString().isEqualTo("1");
            assertThat(trailers.get("proxy-connection")).isNull();
        }
    }

    /** Returns the trailers that a client of HTTP/2 receives from an upstream of HTTP/2. */
    private static Http2Headers relayed(String... trailers) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Http2Socket client = Http2Socket.open(gatehouse.node().port("proxy.http"))) {
            GrpcApi.begin(gatehouse, client, server.getLocalPort());
            try (Http2Socket peer = Http2Socket.accept(server)) {
                peer.send();
                int stream = peer.await(Http2Socket.HEADERS).stream();
                peer.frame(Http2Socket.SETTINGS, Http2Socket.ACK, 0)
                        .headers(stream, 0, ":status: 200", "content-type: application/grpc")
                        .headers(stream, Http2Socket.END_STREAM, trailers)
                        .send();
                assertThat(client.status(client.await(Http2Socket.HEADERS))).isEqualTo(200);
                return client.fields(client.await(Http2Socket.HEADERS));
            }
        }
    }

    @Test
    void aMalformedFieldIsDroppedAndTheResponseStays() throws IOException {
        for (String malformed : List.of("x-line: a\r\nx-evil: b", "x-nul: a\0b", "x-edge: a ")) {
            Http2Headers trailers = relayed("grpc-status: 0", malformed, "x-sum: 1");
            assertThat(trailers.names()).as(malformed).hasToString("[grpc-status, x-sum]");
        }
    }
}
