package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.RawHandshake;
import io.gatehouse.proxy.RawUpstream;
import io.gatehouse.proxy.flood.Flood;
import io.gatehouse.testing.FullListener;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSocket handshakes (RFC 6455 §4) that the upstream refuses, or to which it gives no valid response. */
class FailedHandshakeTest {
    private static HandshakeApi api;

    @BeforeAll
    static void start() {
        api = new HandshakeApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void behave() {
        api.upstream.behave(api.upstream::agree);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 301, 401, 403, 404, 426, 500, 503})
    void aRefusalIsTheUpstreamsWholeResponse(int status) throws IOException {
        api.upstream.respond("HTTP/1.1 " + status + " Because\r\nX-Reason: r\r\nWWW-Authenticate: Basic\r\n"
                + "Content-Type: text/plain\r\nDate: garbage\r\nContent-Length: 7\r\n\r\nbecause");
        String response = api.handshake("/api");

        assertThat(response).startsWith("HTTP/1.1 " + status + " Because\r\n").endsWith("\r\n\r\nbecause");
        assertThat(RawUpstream.header(response, "x-reason")).isEqualTo("r");
        assertThat(RawUpstream.header(response, "www-authenticate")).isEqualTo("Basic");
        assertThat(RawUpstream.header(response, "content-type")).isEqualTo("text/plain");
        assertThat(RawUpstream.header(response, "content-length")).isEqualTo("7");
        assertThat(RawUpstream.header(response, "connection")).isEqualTo("close");
        assertThat(RawUpstream.header(response, "via")).isEqualTo("1.1 gatehouse");
        assertThat(api.entry(response).source()).isEqualTo("upstream");
        assertThat(api.entry(response).status()).isEqualTo(status);
        assertThat(api.entry(response).responseBytes()).isEqualTo(7);
    }

    @Test
    void aRefusalWithoutALengthIsChunked() throws IOException {
        api.upstream.respond("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno!\r\n0\r\n\r\n");
        String response = api.handshake("/api");

        assertThat(response).startsWith("HTTP/1.1 403 Forbidden\r\n").endsWith("\r\n\r\n3\r\nno!\r\n0\r\n\r\n");
        assertThat(RawUpstream.header(response, "transfer-encoding")).isEqualTo("chunked");
        assertThat(RawUpstream.header(response, "content-length")).isEmpty();
    }

    @Test
    void anAbortedRefusalIsNotComplete() throws IOException {
        api.upstream.behave((head, socket) -> {
            RawUpstream.write(socket, "HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nhalf");
            socket.close();
        });
        assertThat(api.handshake("/api")).endsWith("half").containsIgnoringCase("content-length: 100");
    }

    @Test
    void aLargeRefusalWaitsForTheClient() throws Exception {
        byte[] megabyte = new byte[1024 * 1024];
        int megabytes = 64;
        long[] written = {0};
        api.upstream.behave((head, socket) -> {
            RawUpstream.write(
                    socket, "HTTP/1.1 403 Forbidden\r\nContent-Length: " + megabytes * megabyte.length + "\r\n\r\n");
            for (int i = 0; i < megabytes; i++) {
                socket.getOutputStream().write(megabyte);
                written[0] = i + 1L;
            }
        });
        try (Socket client = RawHandshake.connect(api.port())) {
            RawUpstream.write(client, RawHandshake.request("/api"));
            assertThat(RawUpstream.head(client)).startsWith("HTTP/1.1 403 ");
            Flood.awaitStandstill(() -> written[0]);
            assertThat(written[0]).isLessThan(megabytes);
            assertThat(client.getInputStream().readNBytes(megabytes * megabyte.length))
                    .hasSize(megabytes * megabyte.length);
        }
    }

    @Test
    void refusalsLeaveNoLoadOnATarget() throws IOException {
        Upstream other = Upstream.start();
        try {
            other.behave(
                    request -> request.response().putHeader("x-target", "other").end());
            api.gatehouse.create(
                    "/upstreams",
                    new JsonObject().put("name", "refusing.upstream").put("algorithm", "least-connections"));
            api.gatehouse.create(
                    "/upstreams/refusing.upstream/targets",
                    new JsonObject().put("target", "127.0.0.1:" + api.upstream.port()));
            api.route("refusing", "http://refusing.upstream", new JsonObject());
            api.upstream.respond("HTTP/1.1 403 Forbidden\r\nX-Target: raw\r\nContent-Length: 0\r\n\r\n");
            for (int i = 0; i < 3; i++) {
                assertThat(api.handshake("/refusing")).startsWith("HTTP/1.1 403 ");
            }
            api.gatehouse.create(
                    "/upstreams/refusing.upstream/targets",
                    new JsonObject().put("target", "127.0.0.1:" + other.port()));
            Set<String> targets = new HashSet<>();
            for (int i = 0; i < 6; i++) {
                targets.add(api.gatehouse.get("/refusing").header("x-target"));
            }
            assertThat(targets).containsExactlyInAnyOrder("raw", "other");
        } finally {
            other.close();
        }
    }

    @Test
    void anUnreachableTargetIsSkipped() throws IOException {
        api.gatehouse.create("/upstreams", new JsonObject().put("name", "half.upstream"));
        for (String target : List.of("127.0.0.1:1", "127.0.0.1:" + api.upstream.port())) {
            api.gatehouse.create("/upstreams/half.upstream/targets", new JsonObject().put("target", target));
        }
        api.route("half", "http://half.upstream", new JsonObject());
        for (int i = 0; i < 10; i++) {
            RawHandshake.open(api.port(), "/half").close();
            api.upstream.tunnel();
        }
    }

    @Test
    void anUpstreamThatDoesNotRespondIsTimedOut() throws IOException {
        api.route(
                "silent",
                "http://127.0.0.1:" + api.upstream.port(),
                new JsonObject().put("read_timeout", 300).put("retries", 0));
        api.upstream.behave((head, socket) -> {});
        String response = api.handshake("/silent");

        HandshakeApi.isErrorOfTheGateway(response, 504);
        assertThat(api.entry(response).source()).isEqualTo("gateway");
    }

    @Test
    void anUpstreamThatCannotBeReachedIsTimedOut() throws IOException {
        try (FullListener full = new FullListener()) {
            api.route(
                    "unreachable",
                    "http://127.0.0.1:" + full.port(),
                    new JsonObject().put("connect_timeout", 300).put("retries", 0));
            HandshakeApi.isErrorOfTheGateway(api.handshake("/unreachable"), 504);
        }
    }

    @Test
    void anUpstreamThatClosesIsABadGateway() throws IOException {
        api.upstream.behave((head, socket) -> socket.close());
        String response = api.handshake("/api");

        HandshakeApi.isErrorOfTheGateway(response, 502);
        assertThat(api.entry(response).source()).isEqualTo("gateway");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: Upgrade|Upgrade: websocket",
                "Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "Connection: Upgrade|Upgrade: h2c|Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                "Connection: close|Upgrade: websocket|Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
            })
    void aSwitchToAnotherProtocolIsABadGateway(String headers) throws IOException {
        api.upstream.respond("HTTP/1.1 101 Switching Protocols\r\n" + headers.replace("|", "\r\n") + "\r\n\r\n");
        HandshakeApi.isErrorOfTheGateway(api.handshake("/api"), 502);
    }

    @Test
    void aSwitchThatNoClientAskedForIsABadGateway() {
        api.upstream.behave((head, socket) -> RawUpstream.write(socket, RawUpstream.agreement(head)));
        api.gatehouse.get("/api").isStatus(502);
    }

    @Test
    void bytesBehindARefusedHandshakeAreNoRequest() throws IOException {
        int before = api.upstream.heads().size();
        api.upstream.respond("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        String response = RawHandshake.exchange(
                api.port(), RawHandshake.request("/api") + "GET /api/smuggled HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(response).startsWith("HTTP/1.1 403 ").endsWith("\r\n\r\nno");
        assertThat(api.upstream.heads()).hasSize(before + 1);
    }

    @Test
    void refusalsLeakNoConnections() throws IOException {
        api.upstream.respond("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        int before = api.upstream.connections();
        for (int i = 0; i < 2_000; i++) {
            assertThat(api.handshake("/api")).startsWith("HTTP/1.1 403 ");
        }
        assertThat(api.upstream.connections() - before).isLessThan(20);
        api.upstream.behave(api.upstream::agree);
        RawHandshake.open(api.port(), "/api").close();
        api.upstream.tunnel();
    }
}
