package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers of every response of the gateway, and the requests that it responds to itself (RFC 9110, RFC 9112). */
class ResponsesTest {
    private static final String DATE =
            "(?is).*\r\ndate: [A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} [\\d:]{8} GMT\r\n.*";
    private static final int TIMEOUT_MILLIS = 30_000;

    private static Gatehouse gatehouse;
    private static Upstream upstream;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/api", upstream.port());
        gatehouse.createApi("tokens", "/tokens", upstream.port());
        gatehouse.protect("tokens", new JsonObject());
        gatehouse.create(
                "/services", new JsonObject().put("name", "grpc").put("url", "grpc://127.0.0.1:" + upstream.port()));
        gatehouse.create("/services/grpc/routes", new JsonObject().put("paths", List.of("/grpc")));
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api", "/nowhere", "/tokens"})
    void everyResponseHasADate(String path) {
        RawClient.Answer answer =
                RawClient.send(gatehouse, "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertThat(answer.text()).matches(DATE);
    }

    @Test
    void theUpstreamsDateStays() {
        upstream.behave(request -> request.response()
                .putHeader("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
                .end());
        try {
            assertThat(gatehouse.get("/api").header("date")).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
        } finally {
            upstream.behave(Upstream::echo);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, 'GET /api HTTP/1.1\r\nHost a\r\n\r\n'",
        "400, 'GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n'",
        "400, 'GET /api ABC/7.5\r\nHost: a\r\n\r\n'",
        "505, 'GET /api HTTP/3.0\r\nHost: a\r\n\r\n'",
        "431, 'GET /api HTTP/1.1\r\nHost: a\r\nX-A: LONG\r\n\r\n'",
        "414, 'GET /LONG HTTP/1.1\r\nHost: a\r\n\r\n'",
        "404, 'POST /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'",
        "404, 'POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n'",
        "400, 'POST /api HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'"
    })
    void theLastResponseOfAConnectionCarriesConnectionClose(int status, String request) {
        RawClient.Answer answer = RawClient.send(gatehouse, request.replace("LONG", "a".repeat(40_000)));

        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.text().toLowerCase(Locale.ROOT)).contains("\r\nconnection: close\r\n");
        assertThat(answer.text()).contains("X-Kong-Request-Id: ").matches(DATE);
        assertThat(answer.closed()).isTrue();
    }

    @Test
    void aRequestOfAnUnknownVersionIsInTheAccessLog() {
        try (AccessLines log = new AccessLines()) {
            String id = RawClient.send(gatehouse, "GET /api HTTP/3.0\r\nHost: a\r\n\r\n")
                    .text()
                    .replaceAll("(?s).*X-Kong-Request-Id: (\\w+).*", "$1");
            await().until(() -> log.statusOf(id) == 505);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE /api", "TRACK /api", "CONNECT a.test:443", "CONNECT /api"})
    void methodsThatAreNotProxiedAre405(String request) {
        int before = upstream.requests();
        RawClient.Answer answer =
                RawClient.send(gatehouse, request + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.text()).contains("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        assertThat(upstream.requests()).isEqualTo(before);
    }

    @Test
    void theTokenEndpointNamesItsMethod() {
        assertThat(gatehouse.get("/tokens/oauth2/token").isStatus(405).header("allow"))
                .isEqualTo("POST");
    }

    @Test
    void theAdminApiNamesItsMethods() {
        assertThat(gatehouse.admin("PUT", "/services").isStatus(405).header("allow"))
                .contains("POST");
    }

    @Test
    void forwardingHeadersOfAnUntrustedClientAreDropped() {
        Reply reply = gatehouse.get("/api", "Forwarded", "for=192.0.2.60;proto=https", "Proxy", "http://evil.test");

        assertThat(reply.upstreamHeader("forwarded")).isNull();
        assertThat(reply.upstreamHeader("proxy")).isNull();
    }

    @Test
    void theForwardedPortIsTheListeners() {
        RawClient.Answer answer =
                RawClient.send(gatehouse, "GET /api HTTP/1.1\r\nHost: a:9999\r\nConnection: close\r\n\r\n");

        assertThat(answer.text())
                .contains("\"x-forwarded-port\":\"" + gatehouse.node().port("proxy.http") + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "application/grpc,          426, Please use HTTP2 protocol",
        "application/grpc-web+proto, 426, Please use HTTP2 protocol",
        "application/json,          415, Non-gRPC request matched gRPC route",
        ",                          415, Non-gRPC request matched gRPC route"
    })
    void aGrpcServiceReceivesNoHttp1Request(String contentType, int status, String message) {
        String type = contentType == null ? "" : "Content-Type: " + contentType + "\r\n";
        RawClient.Answer answer = RawClient.send(
                gatehouse,
                "POST /grpc/a.B/C HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n" + type + "\r\n");

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).contains("\"message\":\"" + message + "\"");
        if (status == 426) {
            assertThat(answer.text()).contains("Upgrade: HTTP/2\r\n");
        }
    }

    @Test
    void aRequestInClearTextOnTheTlsPortReceivesTheReason() {
        RawClient.Answer answer =
                RawClient.send(gatehouse.node().port("proxy.https"), "GET /api HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).endsWith("\r\n\r\nplain HTTP sent to the HTTPS port\n");
        assertThat(answer.closed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http/1.0", "http/1.1", "unknown,http/1.1", ""})
    void aClientOfHttp1IsServedWithAnyUpgradeOffer(String offers) throws IOException {
        try (SSLSocket socket = (SSLSocket) Http.trustingAll()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.https"))) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(offers.isEmpty() ? new String[0] : offers.split(","));
            socket.setSSLParameters(parameters);

            assertThat(exchange(socket)).startsWith("HTTP/1.0 200").contains("\"method\":\"GET\"");
        }
    }

    private static String exchange(Socket socket) throws IOException {
        socket.getOutputStream().write("GET /api HTTP/1.0\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
}
