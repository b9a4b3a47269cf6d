package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.RawHandshake;
import io.gatehouse.proxy.RawUpstream;
import io.gatehouse.proxy.flood.Flood;
import io.gatehouse.telemetry.AccessEntry;
import io.gatehouse.testing.Http;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSocket handshakes (RFC 6455 §4) take the path of every request, whether the upstream accepts them or not. */
class HandshakeTest {
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

    @Test
    void headersOfTheGatewayTravelBothWays() throws IOException {
        try (Socket client = RawHandshake.connect(api.port())) {
            RawUpstream.write(
                    client, RawHandshake.request("/api/x?y", "X-Forwarded-For: 6.6.6.6", "X-Consumer-Id: me"));
            String response = String.valueOf(RawUpstream.head(client));
            api.upstream.tunnel();
            String request = api.upstream.heads().get(api.upstream.heads().size() - 1);

            assertThat(request).startsWith("GET /x?y HTTP/1.1\r\n");
            assertThat(RawUpstream.header(request, "connection")).isEqualToIgnoringCase("upgrade");
            assertThat(RawUpstream.header(request, "upgrade")).isEqualTo("websocket");
            assertThat(RawUpstream.header(request, "x-forwarded-for")).isEqualTo("127.0.0.1");
            assertThat(RawUpstream.header(request, "x-forwarded-prefix")).isEqualTo("/api");
            assertThat(RawUpstream.header(request, "via")).isEqualTo("1.1 gatehouse");
            assertThat(RawUpstream.header(request, "x-consumer-id")).isEmpty();
            assertThat(response).startsWith("HTTP/1.1 101 Switching Protocols\r\n");
            assertThat(RawUpstream.header(response, "connection")).isEqualToIgnoringCase("upgrade");
            assertThat(RawUpstream.header(response, "upgrade")).isEqualTo("websocket");
            assertThat(RawUpstream.header(response, "x-from")).isEqualTo("upstream");
            assertThat(RawUpstream.header(response, "via")).isEqualTo("1.1 gatehouse");
            assertThat(RawUpstream.header(response, "x-kong-upstream-latency")).matches("\\d+");
            assertThat(RawUpstream.header(response, "x-kong-proxy-latency")).matches("\\d+");
            assertThat(RawUpstream.header(response, "x-kong-request-id"))
                    .isEqualTo(RawUpstream.header(request, "x-kong-request-id"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5", "Transfer-Encoding: chunked"})
    void aBodyIsABadRequest(String framing) throws IOException {
        int before = api.upstream.heads().size();
        HandshakeApi.isErrorOfTheGateway(api.handshake("/api", framing), 400);
        assertThat(api.upstream.heads()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Sec-WebSocket-Key: \r\n",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                "Sec-WebSocket-Key: YQ==\r\n",
                "Sec-WebSocket-Key: \u00e9GhlIHNhbXBsZSBub25jZQ==\r\n",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nConnection: Sec-WebSocket-Key\r\n"
            })
    void withoutOneValidKeyItIsABadRequest(String keys) throws IOException {
        String handshake = RawHandshake.request("/api").replaceFirst("Sec-WebSocket-Key: .*\r\n", keys);
        int before = api.upstream.heads().size();
        assertThat(RawHandshake.exchange(api.port(), handshake)).startsWith("HTTP/1.1 400 ");
        assertThat(api.upstream.heads()).hasSize(before);
    }

    @Test
    void aBodyOfNoBytesIsNone() throws IOException {
        try (Socket client = RawHandshake.connect(api.port())) {
            RawUpstream.write(client, RawHandshake.request("/api", "Content-Length: 0"));
            assertThat(RawUpstream.head(client)).startsWith("HTTP/1.1 101 ");
            api.upstream.tunnel();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api HTTP/1.1|Connection: Upgrade|Upgrade: foo/2",
                "GET /api HTTP/1.1|Connection: close|Upgrade: websocket",
                "POST /api HTTP/1.1|Connection: Upgrade|Upgrade: websocket|Content-Length: 0",
                "GET /api HTTP/1.0|Connection: Upgrade|Upgrade: websocket"
            })
    void anyOtherUpgradeIsIgnored(String head) throws IOException {
        api.upstream.respond("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        try (Socket client = RawHandshake.connect(api.port())) {
            RawUpstream.write(client, head.replace("|", "\r\n") + "\r\nHost: a\r\n\r\n");
            assertThat(RawUpstream.head(client)).contains(" 200 OK\r\n");
            assertThat(RawUpstream.read(client, 2)).isEqualTo("ok");
        }
        String request = api.upstream.heads().get(api.upstream.heads().size() - 1);
        assertThat(request).doesNotContainIgnoringCase("upgrade");
    }

    @Test
    void earlyBytesOfTheClientArriveFirst() throws IOException {
        api.upstream.behave((head, socket) -> {
            RawUpstream.write(socket, RawUpstream.agreement(head) + "hello");
            api.upstream.joined(socket);
        });
        try (Socket client = RawHandshake.connect(api.port())) {
            RawUpstream.write(client, RawHandshake.request("/api") + "GET /api HTTP/1.1\r\n\r\n\0\1\2early");
            assertThat(RawUpstream.head(client)).startsWith("HTTP/1.1 101 ");
            assertThat(RawUpstream.read(client, 5)).isEqualTo("hello");
            Socket tunnel = api.upstream.tunnel();
            RawUpstream.write(client, "late");
            assertThat(RawUpstream.read(tunnel, 33)).isEqualTo("GET /api HTTP/1.1\r\n\r\n\0\1\2earlylate");
        }
    }

    @Test
    void aClientThatFloodsBeforeTheUpstreamAgreesIsHeldBack() throws Exception {
        api.upstream.behave((head, socket) -> {});
        try (Socket client = RawHandshake.connect(api.port())) {
            RawUpstream.write(client, RawHandshake.request("/api"));
            try (Flood flood = new Flood(client)) {
                Flood.awaitStandstill(flood::bytes);
                assertThat(flood.bytes()).isLessThan(Flood.BYTES / 2);
            }
        }
    }

    @Test
    void theAccessLogHasTheBytesOfAWebSocket() throws IOException {
        String response;
        try (Socket client = RawHandshake.connect(api.port())) {
            RawUpstream.write(client, RawHandshake.request("/api"));
            response = String.valueOf(RawUpstream.head(client));
            Socket tunnel = api.upstream.tunnel();
            RawUpstream.write(client, "to the upstream");
            assertThat(RawUpstream.read(tunnel, 15)).isEqualTo("to the upstream");
            RawUpstream.write(tunnel, "back");
            assertThat(RawUpstream.read(client, 4)).isEqualTo("back");
            tunnel.close();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        AccessEntry entry = api.entry(response);
        assertThat(entry.status()).isEqualTo(101);
        assertThat(entry.source()).isEqualTo("upstream");
        assertThat(entry.fault()).isEqualTo("none");
        assertThat(entry.complete()).isTrue();
        assertThat(entry.requestBytes()).isEqualTo(15);
        assertThat(entry.responseBytes()).isEqualTo(4);
    }

    @Test
    void aPluginCanRefuseAHandshake() throws IOException {
        api.route("guarded", "http://127.0.0.1:" + api.upstream.port(), new JsonObject());
        api.gatehouse.create("/services/guarded/plugins", new JsonObject().put("name", "key-auth"));
        String response = api.handshake("/guarded");

        assertThat(response).startsWith("HTTP/1.1 401 ");
        assertThat(RawUpstream.header(response, "connection")).isEqualTo("close");
        assertThat(Http.send(Http.get(api.gatehouse.proxyUrl("/guarded"))).status())
                .isEqualTo(401);
    }

    @Test
    void anUpgradeToHttp2IsIgnoredAndItsBodyIsHeldBack() throws Exception {
        api.upstream.behave((head, socket) -> api.upstream.joined(socket));
        try (Socket client = RawHandshake.connect(api.port())) {
            RawUpstream.write(
                    client,
                    String.join(
                            "\r\n",
                            "POST /api HTTP/1.1",
                            "Host: a",
                            "Connection: Upgrade, HTTP2-Settings",
                            "Upgrade: h2c",
                            "HTTP2-Settings: AAMAAABkAAQAAP__",
                            "Content-Length: 99999999999",
                            "",
                            ""));
            try (Flood flood = new Flood(client)) {
                Flood.awaitStandstill(flood::bytes);
                assertThat(flood.bytes()).isLessThan(Flood.BYTES / 2);
            }
            String head = api.upstream.heads().get(api.upstream.heads().size() - 1);
            assertThat(head).startsWith("POST / HTTP/1.1\r\n");
            assertThat(RawUpstream.header(head, "upgrade")).isEmpty();
            api.upstream.tunnel().close();
        }
    }

    @Test
    void aHandshakeBehindAPendingRequestIsABadRequest() throws IOException {
        api.upstream.respond("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        String response = RawHandshake.exchange(
                api.port(), "GET /api HTTP/1.1\r\nHost: a\r\n\r\n" + RawHandshake.request("/api") + "\0\1\2");
        assertThat(response).startsWith("HTTP/1.1 200 OK\r\n").contains("HTTP/1.1 400 Bad Request\r\n");
    }

    @Test
    void aHandshakeMayFollowACompletedRequest() throws IOException {
        api.upstream.behave((head, socket) -> {
            if (head.startsWith("GET /plain")) {
                RawUpstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            } else {
                api.upstream.agree(head, socket);
            }
        });
        try (Socket client = RawHandshake.connect(api.port())) {
            RawUpstream.write(client, "GET /api/plain HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(RawUpstream.head(client)).startsWith("HTTP/1.1 200 ");
            assertThat(RawUpstream.read(client, 2)).isEqualTo("ok");
            RawUpstream.write(client, RawHandshake.request("/api"));
            assertThat(RawUpstream.head(client)).startsWith("HTTP/1.1 101 ");
            api.upstream.tunnel();
        }
    }
}
