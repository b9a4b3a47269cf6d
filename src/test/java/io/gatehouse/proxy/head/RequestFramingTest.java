package io.gatehouse.proxy.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The upstream reads each body as long as the gateway did (RFC 9112 §6, RFC 9110 §7.6.1). */
class RequestFramingTest extends FramingFixture {
    /** A body that is a whole request, for an upstream that takes it for one. */
    private static final String SMUGGLED = "GET /admin HTTP/1.1\r\nHost: a.test\r\nX-Consumer-Username: admin\r\n\r\n";

    private static String chunked(String body) {
        return Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length",
                "content-length, transfer-encoding",
                "Transfer-Encoding",
                "close, Content-Length",
                "Host",
                "TE, Trailer",
                "Upgrade, HTTP2-Settings, Content-Length",
                "Via, X-Forwarded-For, X-Kong-Request-Id, traceparent"
            })
    void aHeaderThatFramesOrRoutes_isKept_whenConnectionNamesIt(String named) {
        for (String version : new String[] {"1.1", "1.0"}) {
            for (String method : new String[] {"POST", "GET", "DELETE"}) {
                upstream.invalidate();
                String head = method + " /public HTTP/" + version + "\r\nHost: a.test\r\nConnection: " + named + "\r\n";
                RawClient.first(gatehouse, head + "Content-Length: " + SMUGGLED.length() + "\r\n\r\n" + SMUGGLED);
                assertOneRequest("content-length: " + SMUGGLED.length(), SMUGGLED);
            }
        }
        upstream.invalidate();
        RawClient.first(
                gatehouse,
                "POST /public HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\nConnection: " + named
                        + "\r\n\r\n" + chunked(SMUGGLED));
        assertOneRequest("transfer-encoding: chunked", chunked(SMUGGLED));
    }

    private static void assertOneRequest(String framing, String body) {
        await().untilAsserted(() -> assertThat(upstream.requests()).hasSize(1));
        String request = upstream.requests().get(0);
        String head = request.substring(0, request.indexOf("\r\n\r\n") + 2).toLowerCase(Locale.ROOT);
        assertThat(head).contains("\r\n" + framing + "\r\n", "\r\nhost: ", "\r\nvia: ", "\r\nx-forwarded-for: ");
        assertThat(request).endsWith("\r\n\r\n" + body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: chunked", "Transfer-Encoding: identity", "Transfer-Encoding: gzip"})
    void aTransferCoding_isRefused_inHttp10(String coding) {
        RawClient.Answer answer =
                RawClient.send(gatehouse, "POST / HTTP/1.0\r\n" + coding + "\r\n\r\n" + chunked("body"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(upstream.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0\rGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
                "4\u000b\r\nbody\r\n0\r\n\r\n",
                "4 \r\nbody\r\n0\r\n\r\n",
                " 4\r\nbody\r\n0\r\n\r\n",
                "4 a\r\nbody\r\n0\r\n\r\n",
                "4;a\rb\r\nbody\r\n0\r\n\r\n",
                "4\nbody\r\n0\r\n\r\n",
                "+4\r\nbody\r\n0\r\n\r\n",
                "0x4\r\nbody\r\n0\r\n\r\n",
                "\r\nbody\r\n0\r\n\r\n",
                "100000000\r\nbody\r\n0\r\n\r\n",
                "4\r\nbodyx\r\n0\r\n\r\n",
                "4\r\nbody\r\n0\r\nX-A: b\r\n c\r\n\r\n",
                "4\r\nbody\r\n0\r\nContent-Length: 9\u0017\r\n\r\n",
                "4\r\nbody\r\n0\r\nTrailer: a\rb\r\n\r\n"
            })
    void aMalformedChunkLine_isABadRequest(String body) {
        RawClient.Answer answer = RawClient.send(
                gatehouse, "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.closed()).isTrue();
        assertThat(upstream.requests()).noneMatch(request -> request.contains("/b "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4\r\nbody\r\n0\r\n\r\n",
                "4;a=\"b c\" ;d\r\nbody\r\n0;e\r\n\r\n",
                "2\r\nbo\r\n2\r\ndy\r\n00\r\n\r\n"
            })
    void chunksInAnyPieces_areOneBody(String body) throws IOException {
        String request =
                "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + body;
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.http"))) {
            socket.setTcpNoDelay(true);
            for (byte each : request.getBytes(StandardCharsets.ISO_8859_1)) {
                socket.getOutputStream().write(each);
            }
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .startsWith("HTTP/1.1 200");
        }
        String received = upstream.requests().get(0).replaceAll("\r\n[0-9a-f]+\r\n", "");
        assertThat(received).contains("b").endsWith("\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", " ", "\t", "\u000b", "\r\n\n", "\r\n "})
    void bytesBeforeTheRequestLine_areABadRequest_unlessTheyAreAnEmptyLine(String bytes) {
        assertThat(RawClient.send(gatehouse, bytes + "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
                        .status())
                .isEqualTo(400);
        assertThat(upstream.requests()).isEmpty();
        assertThat(RawClient.first(gatehouse, "\r\n\r\nGET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"close, keep-alive", "keep-alive, close", "close\r\nConnection: keep-alive", "x, Close"})
    void aConnection_thatIsAskedToClose_closes(String connection) {
        for (String version : new String[] {"1.0", "1.1"}) {
            String request = "GET / HTTP/" + version + "\r\nHost: a.test\r\nConnection: " + connection + "\r\n\r\n";
            RawClient.Answer answer = RawClient.send(gatehouse, request + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(answer.closed()).isTrue();
            assertThat(upstream.requests()).noneMatch(forwarded -> forwarded.contains("/second"));
        }
    }

    /** RFC 9112 §9.6: a server that has sent {@code close} processes no further request of the connection. */
    @Test
    void aRequestBehindAnAnnouncedClose_isNotServed_whenTheRejectedOneWasPipelined() throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.http"))) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(
                            "GET /first HTTP/1.1\r\nHost: a.test\r\n\r\nDELETE /without-host HTTP/1.1\r\nContent-Length: 4\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            StringBuilder responses = new StringBuilder();
            while (!responses.toString().contains(" 400 ")) {
                int next = socket.getInputStream().read();
                assertThat(next).as("more after %s", responses).isNotNegative();
                responses.append((char) next);
            }
            socket.getOutputStream()
                    .write("bodyGET /behind HTTP/1.1\r\nHost: a.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String rest = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(rest).containsIgnoringCase("connection: close").doesNotContain("HTTP/1.1 ");
        }
        assertThat(upstream.requests()).singleElement().asString().startsWith("GET /first ");
    }

    @Test
    void anEmptyBody_isAnnounced_whenTheMethodHasOne() {
        RawClient.first(gatehouse, "POST / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        assertThat(upstream.requests().get(0).toLowerCase(Locale.ROOT)).contains("\r\ncontent-length: 0\r\n");
        RawClient.first(gatehouse, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        assertThat(upstream.requests().get(1).toLowerCase(Locale.ROOT)).doesNotContain("content-length");
    }

    @Test
    void trailers_pass_butNoneThatIdentifiesOrFrames() {
        String head = "POST / HTTP/1.1\r\nHost: a.test\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n";
        String names = "X-Consumer-Username: admin\r\nx_consumer_username: admin\r\nAuthorization: Bearer a\r\n";
        String trailers = "X-Sum: 42\r\n" + names + "X-Sum: 43\r\n\r\n";
        RawClient.first(gatehouse, head + "4\r\nbody\r\n0\r\n" + trailers);
        assertThat(upstream.requests()).hasSize(1);
        assertThat(upstream.requests().get(0)).endsWith("4\r\nbody\r\n0\r\nX-Sum: 42\r\nX-Sum: 43\r\n\r\n");
    }

    @Test
    void trailersOfOneRequest_areNotThoseOfAnother_whenRequestsArePipelined() {
        String head = "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n";
        String body = "\r\n1\r\na\r\n0\r\n";
        RawClient.send(
                gatehouse,
                head + body + "X-Number: 1\r\n\r\n" + head + body + "\r\n" + head + "Connection: close\r\n" + body
                        + "X-Number: 3\r\n\r\n");
        assertThat(upstream.requests()).hasSize(3);
        assertThat(upstream.requests().get(0)).endsWith("0\r\nX-Number: 1\r\n\r\n");
        assertThat(upstream.requests().get(1)).endsWith("0\r\n\r\n").doesNotContain("X-Number");
        assertThat(upstream.requests().get(2)).endsWith("0\r\nX-Number: 3\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({"1.0, 100-continue", "1.1, 200-ok", "1.1, '100-continue, 100-continue'"})
    void anExpectation_isIgnored_unlessItIs100ContinueOfHttp11(String version, String expectation) {
        RawClient.Answer answer = RawClient.first(
                gatehouse,
                "POST / HTTP/" + version + "\r\nHost: a.test\r\nExpect: " + expectation
                        + "\r\nContent-Length: 4\r\n\r\nbody");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(upstream.requests().get(0).toLowerCase(Locale.ROOT)).doesNotContain("expect");
    }

    @Test
    void everyViaLine_passes() {
        RawClient.first(gatehouse, "GET / HTTP/1.1\r\nHost: a.test\r\nVia: 1.0 a\r\nX: y\r\nVia: 1.1 b\r\n\r\n");
        assertThat(upstream.requests().get(0)).contains("via: 1.0 a, 1.1 b, 1.1 gatehouse\r\n");
    }

    @Test
    void everyNamedHeader_isDropped_whenConnectionNamesThousands() {
        String names = IntStream.range(0, 4_000).mapToObj(i -> "a" + i).collect(Collectors.joining(","));
        RawClient.Answer answer = RawClient.first(
                gatehouse,
                "GET / HTTP/1.1\r\nHost: a.test\r\nA3999: 1\r\nA0: 1\r\nKept: 1\r\nConnection: " + names + "\r\n\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(upstream.requests().get(0)).contains("Kept: 1").doesNotContain("A3999", "A0");
    }
}
