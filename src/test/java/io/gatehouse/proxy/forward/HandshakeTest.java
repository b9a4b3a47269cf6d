package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.gatehouse.proxy.RawHandshake;
import io.gatehouse.proxy.RawUpstream;
import io.gatehouse.proxy.flood.Flood;
import io.gatehouse.telemetry.AccessEntry;
import io.gatehouse.testing.FullListener;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** WebSocket handshakes (RFC 6455 §4) take the road of every request, whatever comes of them. */
class HandshakeTest {
    private static final Logger ACCESS = (Logger) LoggerFactory.getLogger(AccessEntry.LOGGER);
    private static final List<AccessEntry> ENTRIES = new CopyOnWriteArrayList<>();
    private static final AppenderBase<ILoggingEvent> APPENDER = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            ENTRIES.add((AccessEntry) event.getArgumentArray()[0]);
        }
    };

    private static Gatehouse gatehouse;
    private static RawUpstream upstream;

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start();
        upstream = new RawUpstream();
        gatehouse.createApi("api", "/api", upstream.port());
        ACCESS.setLevel(Level.INFO);
        APPENDER.start();
        ACCESS.addAppender(APPENDER);
    }

    @AfterAll
    static void stop() {
        ACCESS.detachAppender(APPENDER);
        ACCESS.setLevel(Level.OFF);
        gatehouse.close();
        upstream.close();
    }

    @BeforeEach
    void behave() {
        upstream.behave(upstream::agree);
    }

    private static int port() {
        return gatehouse.node().port("proxy.http");
    }

    private static String handshake(String path, String... lines) throws IOException {
        return RawHandshake.exchange(port(), RawHandshake.request(path, lines));
    }

    private static AccessEntry entry(String response) {
        String id = RawUpstream.header(response, "x-kong-request-id");
        await().until(() -> ENTRIES.stream().anyMatch(entry -> entry.requestId().equals(id)));
        return ENTRIES.stream()
                .filter(entry -> entry.requestId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static void isErrorOfTheGateway(String response, int status) {
        assertThat(response).startsWith("HTTP/1.1 " + status + " ");
        assertThat(RawUpstream.header(response, "server")).startsWith("gatehouse/");
        String id = RawUpstream.header(response, "x-kong-request-id");
        assertThat(id).hasSize(32);
        JsonObject body = new JsonObject(response.substring(response.indexOf("\r\n\r\n")));
        assertThat(body.getString("message")).isNotEmpty();
        assertThat(body.getString("request_id")).isEqualTo(id);
    }

    @Test
    void headersOfTheGatewayTravelBothWays() throws IOException {
        try (Socket client = RawHandshake.connect(port())) {
            RawUpstream.write(
                    client, RawHandshake.request("/api/x?y", "X-Forwarded-For: 6.6.6.6", "X-Consumer-Id: me"));
            String response = String.valueOf(RawUpstream.head(client));
            upstream.tunnel();
            String request = upstream.heads().get(upstream.heads().size() - 1);

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
    @ValueSource(ints = {200, 301, 401, 403, 404, 426, 500, 503})
    void aRefusalIsTheUpstreamsWholeResponse(int status) throws IOException {
        upstream.respond("HTTP/1.1 " + status + " Because\r\nX-Reason: r\r\nWWW-Authenticate: Basic\r\n"
                + "Content-Type: text/plain\r\nDate: garbage\r\nContent-Length: 7\r\n\r\nbecause");
        String response = handshake("/api");

        assertThat(response).startsWith("HTTP/1.1 " + status + " Because\r\n").endsWith("\r\n\r\nbecause");
        assertThat(RawUpstream.header(response, "x-reason")).isEqualTo("r");
        assertThat(RawUpstream.header(response, "www-authenticate")).isEqualTo("Basic");
        assertThat(RawUpstream.header(response, "content-type")).isEqualTo("text/plain");
        assertThat(RawUpstream.header(response, "content-length")).isEqualTo("7");
        assertThat(RawUpstream.header(response, "connection")).isEqualTo("close");
        assertThat(RawUpstream.header(response, "via")).isEqualTo("1.1 gatehouse");
        assertThat(entry(response).source()).isEqualTo("upstream");
        assertThat(entry(response).status()).isEqualTo(status);
        assertThat(entry(response).responseBytes()).isEqualTo(7);
    }

    @Test
    void aRefusalWithoutALengthIsChunked() throws IOException {
        upstream.respond("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno!\r\n0\r\n\r\n");
        String response = handshake("/api");

        assertThat(response).startsWith("HTTP/1.1 403 Forbidden\r\n").endsWith("\r\n\r\n3\r\nno!\r\n0\r\n\r\n");
        assertThat(RawUpstream.header(response, "transfer-encoding")).isEqualTo("chunked");
        assertThat(RawUpstream.header(response, "content-length")).isEmpty();
    }

    @Test
    void anAbortedRefusalIsNotComplete() throws IOException {
        upstream.behave((head, socket) -> {
            RawUpstream.write(socket, "HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nhalf");
            socket.close();
        });
        assertThat(handshake("/api")).endsWith("half").containsIgnoringCase("content-length: 100");
    }

    @Test
    void aLargeRefusalWaitsForTheClient() throws Exception {
        byte[] megabyte = new byte[1024 * 1024];
        int megabytes = 64;
        long[] written = {0};
        upstream.behave((head, socket) -> {
            RawUpstream.write(
                    socket, "HTTP/1.1 403 Forbidden\r\nContent-Length: " + megabytes * megabyte.length + "\r\n\r\n");
            for (int i = 0; i < megabytes; i++) {
                socket.getOutputStream().write(megabyte);
                written[0] = i + 1L;
            }
        });
        try (Socket client = RawHandshake.connect(port())) {
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
            gatehouse.create(
                    "/upstreams",
                    new JsonObject().put("name", "refusing.upstream").put("algorithm", "least-connections"));
            gatehouse.create(
                    "/upstreams/refusing.upstream/targets",
                    new JsonObject().put("target", "127.0.0.1:" + upstream.port()));
            route("refusing", "http://refusing.upstream", new JsonObject());
            upstream.respond("HTTP/1.1 403 Forbidden\r\nX-Target: raw\r\nContent-Length: 0\r\n\r\n");
            for (int i = 0; i < 3; i++) {
                assertThat(handshake("/refusing")).startsWith("HTTP/1.1 403 ");
            }
            gatehouse.create(
                    "/upstreams/refusing.upstream/targets",
                    new JsonObject().put("target", "127.0.0.1:" + other.port()));
            Set<String> targets = new HashSet<>();
            for (int i = 0; i < 6; i++) {
                targets.add(gatehouse.get("/refusing").header("x-target"));
            }
            assertThat(targets).containsExactlyInAnyOrder("raw", "other");
        } finally {
            other.close();
        }
    }

    private static void route(String name, String url, JsonObject service) {
        gatehouse.create("/services", service.copy().put("name", name).put("url", url));
        gatehouse.create(
                "/services/" + name + "/routes",
                new JsonObject().put("name", name).put("paths", List.of("/" + name)));
    }

    @Test
    void anUnreachableTargetIsSkipped() throws IOException {
        gatehouse.create("/upstreams", new JsonObject().put("name", "half.upstream"));
        for (String target : List.of("127.0.0.1:1", "127.0.0.1:" + upstream.port())) {
            gatehouse.create("/upstreams/half.upstream/targets", new JsonObject().put("target", target));
        }
        route("half", "http://half.upstream", new JsonObject());
        for (int i = 0; i < 10; i++) {
            RawHandshake.open(port(), "/half").close();
            upstream.tunnel();
        }
    }

    @Test
    void anUpstreamThatDoesNotRespondIsTimedOut() throws IOException {
        route(
                "silent",
                "http://127.0.0.1:" + upstream.port(),
                new JsonObject().put("read_timeout", 300).put("retries", 0));
        upstream.behave((head, socket) -> {});
        String response = handshake("/silent");

        isErrorOfTheGateway(response, 504);
        assertThat(entry(response).source()).isEqualTo("gateway");
    }

    @Test
    void anUpstreamThatCannotBeReachedIsTimedOut() throws IOException {
        try (FullListener full = new FullListener()) {
            route(
                    "unreachable",
                    "http://127.0.0.1:" + full.port(),
                    new JsonObject().put("connect_timeout", 300).put("retries", 0));
            isErrorOfTheGateway(handshake("/unreachable"), 504);
        }
    }

    @Test
    void anUpstreamThatClosesIsABadGateway() throws IOException {
        upstream.behave((head, socket) -> socket.close());
        String response = handshake("/api");

        isErrorOfTheGateway(response, 502);
        assertThat(entry(response).source()).isEqualTo("gateway");
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
        upstream.respond("HTTP/1.1 101 Switching Protocols\r\n" + headers.replace("|", "\r\n") + "\r\n\r\n");
        isErrorOfTheGateway(handshake("/api"), 502);
    }

    @Test
    void aSwitchThatNoClientAskedForIsABadGateway() {
        upstream.behave((head, socket) -> RawUpstream.write(socket, RawUpstream.agreement(head)));
        gatehouse.get("/api").isStatus(502);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5", "Transfer-Encoding: chunked"})
    void aBodyIsABadRequest(String framing) throws IOException {
        int before = upstream.heads().size();
        isErrorOfTheGateway(handshake("/api", framing), 400);
        assertThat(upstream.heads()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Sec-WebSocket-Key: \r\n", "Sec-WebSocket-Key: YQ==\r\nSec-WebSocket-Key: YQ==\r\n"})
    void withoutOneKeyItIsABadRequest(String keys) throws IOException {
        String handshake = RawHandshake.request("/api").replaceFirst("Sec-WebSocket-Key: .*\r\n", keys);
        int before = upstream.heads().size();
        assertThat(RawHandshake.exchange(port(), handshake)).startsWith("HTTP/1.1 400 ");
        assertThat(upstream.heads()).hasSize(before);
    }

    @Test
    void aBodyOfNoBytesIsNone() throws IOException {
        try (Socket client = RawHandshake.connect(port())) {
            RawUpstream.write(client, RawHandshake.request("/api", "Content-Length: 0"));
            assertThat(RawUpstream.head(client)).startsWith("HTTP/1.1 101 ");
            upstream.tunnel();
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
        upstream.respond("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        try (Socket client = RawHandshake.connect(port())) {
            RawUpstream.write(client, head.replace("|", "\r\n") + "\r\nHost: a\r\n\r\n");
            assertThat(RawUpstream.head(client)).contains(" 200 OK\r\n");
            assertThat(RawUpstream.read(client, 2)).isEqualTo("ok");
        }
        String request = upstream.heads().get(upstream.heads().size() - 1);
        assertThat(request).doesNotContainIgnoringCase("upgrade");
    }

    @Test
    void earlyBytesOfTheClientArriveFirst() throws IOException {
        upstream.behave((head, socket) -> {
            RawUpstream.write(socket, RawUpstream.agreement(head) + "hello");
            upstream.joined(socket);
        });
        try (Socket client = RawHandshake.connect(port())) {
            RawUpstream.write(client, RawHandshake.request("/api") + "GET /api HTTP/1.1\r\n\r\n\0\1\2early");
            assertThat(RawUpstream.head(client)).startsWith("HTTP/1.1 101 ");
            assertThat(RawUpstream.read(client, 5)).isEqualTo("hello");
            Socket tunnel = upstream.tunnel();
            RawUpstream.write(client, "late");
            assertThat(RawUpstream.read(tunnel, 33)).isEqualTo("GET /api HTTP/1.1\r\n\r\n\0\1\2earlylate");
        }
    }

    @Test
    void bytesBehindARefusedHandshakeAreNoRequest() throws IOException {
        int before = upstream.heads().size();
        upstream.respond("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        String response = RawHandshake.exchange(
                port(), RawHandshake.request("/api") + "GET /api/smuggled HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(response).startsWith("HTTP/1.1 403 ").endsWith("\r\n\r\nno");
        assertThat(upstream.heads()).hasSize(before + 1);
    }

    @Test
    void aClientThatFloodsBeforeTheUpstreamAgreesIsHeldBack() throws Exception {
        upstream.behave((head, socket) -> {});
        try (Socket client = RawHandshake.connect(port())) {
            RawUpstream.write(client, RawHandshake.request("/api"));
            try (Flood flood = new Flood(client)) {
                Flood.awaitStandstill(flood::bytes);
                assertThat(flood.bytes()).isLessThan(Flood.BYTES / 2);
            }
        }
    }

    @Test
    void refusalsLeakNoConnections() throws IOException {
        upstream.respond("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        int before = upstream.connections();
        for (int i = 0; i < 2_000; i++) {
            assertThat(handshake("/api")).startsWith("HTTP/1.1 403 ");
        }
        assertThat(upstream.connections() - before).isLessThan(20);
        upstream.behave(upstream::agree);
        RawHandshake.open(port(), "/api").close();
        upstream.tunnel();
    }

    @Test
    void theAccessLogHasTheBytesOfAWebSocket() throws IOException {
        String response;
        try (Socket client = RawHandshake.connect(port())) {
            RawUpstream.write(client, RawHandshake.request("/api"));
            response = String.valueOf(RawUpstream.head(client));
            Socket tunnel = upstream.tunnel();
            RawUpstream.write(client, "to the upstream");
            assertThat(RawUpstream.read(tunnel, 15)).isEqualTo("to the upstream");
            RawUpstream.write(tunnel, "back");
            assertThat(RawUpstream.read(client, 4)).isEqualTo("back");
            tunnel.close();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        AccessEntry entry = entry(response);
        assertThat(entry.status()).isEqualTo(101);
        assertThat(entry.source()).isEqualTo("upstream");
        assertThat(entry.fault()).isEqualTo("none");
        assertThat(entry.complete()).isTrue();
        assertThat(entry.requestBytes()).isEqualTo(15);
        assertThat(entry.responseBytes()).isEqualTo(4);
    }

    @Test
    void aPluginCanRefuseAHandshake() throws IOException {
        route("guarded", "http://127.0.0.1:" + upstream.port(), new JsonObject());
        gatehouse.create("/services/guarded/plugins", new JsonObject().put("name", "key-auth"));
        String response = handshake("/guarded");

        assertThat(response).startsWith("HTTP/1.1 401 ");
        assertThat(RawUpstream.header(response, "connection")).isEqualTo("close");
        assertThat(Http.send(Http.get(gatehouse.proxyUrl("/guarded"))).status()).isEqualTo(401);
    }

    @Test
    void anUpgradeToHttp2IsIgnoredAndItsBodyIsHeldBack() throws Exception {
        upstream.behave((head, socket) -> upstream.joined(socket));
        try (Socket client = RawHandshake.connect(port())) {
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
            String head = upstream.heads().get(upstream.heads().size() - 1);
            assertThat(head).startsWith("POST / HTTP/1.1\r\n");
            assertThat(RawUpstream.header(head, "upgrade")).isEmpty();
            upstream.tunnel().close();
        }
    }

    @Test
    void aHandshakeBehindAPendingRequestIsABadRequest() throws IOException {
        upstream.respond("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        String response = RawHandshake.exchange(
                port(), "GET /api HTTP/1.1\r\nHost: a\r\n\r\n" + RawHandshake.request("/api") + "\0\1\2");
        assertThat(response).startsWith("HTTP/1.1 200 OK\r\n").contains("HTTP/1.1 400 Bad Request\r\n");
    }

    @Test
    void aHandshakeMayFollowACompletedRequest() throws IOException {
        upstream.behave((head, socket) -> {
            if (head.startsWith("GET /plain")) {
                RawUpstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            } else {
                upstream.agree(head, socket);
            }
        });
        try (Socket client = RawHandshake.connect(port())) {
            RawUpstream.write(client, "GET /api/plain HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(RawUpstream.head(client)).startsWith("HTTP/1.1 200 ");
            assertThat(RawUpstream.read(client, 2)).isEqualTo("ok");
            RawUpstream.write(client, RawHandshake.request("/api"));
            assertThat(RawUpstream.head(client)).startsWith("HTTP/1.1 101 ");
            upstream.tunnel();
        }
    }
}
