package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads that two servers could read differently, on every listener that speaks HTTP/1 (RFC 9112 §2.2, §3, §5, §6). */
class EveryListenerTest {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");
    private static final List<String> LISTENERS = List.of("proxy.http", "proxy.https", "admin.http", "status.http");

    private static Gatehouse gatehouse;
    private static Upstream upstream;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/", upstream.port());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    private static Map<String, String> heads() {
        Map<String, String> heads = new TreeMap<>();
        heads.put("two lengths in HTTP/1.0", "POST / HTTP/1.0\r\nContent-Length: 1\r\nContent-Length: 30\r\n\r\na");
        heads.put("two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na");
        heads.put(
                "length and coding",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        heads.put("another coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
        heads.put("a coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        heads.put("a folded line", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n");
        heads.put("a tab in the request line", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n");
        heads.put("two spaces in the request line", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n");
        heads.put("a space before the colon", "GET / HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n");
        heads.put("a bare carriage return", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rX-B: c\r\n\r\n");
        heads.put("a bare line feed", "GET / HTTP/1.1\nHost: a\r\n\r\n");
        heads.put("a NUL", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n");
        heads.put("another protocol", "GET / ABC/7.5\r\nHost: a\r\n\r\n");
        heads.put("a version to come", "GET / HTTP/3.0\r\nHost: a\r\n\r\n");
        heads.put("HTTP/2 without its preface", "GET / HTTP/2.0\r\nHost: a\r\n\r\n");
        heads.put(
                "a body unannounced",
                "GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n");
        return heads;
    }

    private static Stream<Arguments> refused() {
        return LISTENERS.stream()
                .flatMap(listener -> heads().entrySet().stream()
                        .map(head -> Arguments.of(listener, head.getKey(), head.getValue())));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refused")
    void everyListenerRejectsTheHeadInOnePiece(String listener, String what, String head) throws IOException {
        assertThat(statuses(listener, head, head.length())).as(what).isIn(List.of("400"), List.of("505"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refused")
    void everyListenerRejectsTheHeadByteByByte(String listener, String what, String head) throws IOException {
        assertThat(statuses(listener, head, 1)).as(what).isIn(List.of("400"), List.of("505"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refused")
    void everyListenerRejectsTheHeadAfterARequestWithABody(String listener, String what, String head)
            throws IOException {
        String before = "PUT /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\na\r\n b\r\n\r\n\r\n";

        List<String> statuses = statuses(listener, before + head, before.length() + head.length());

        assertThat(statuses).as(what).hasSize(2);
        assertThat(statuses.get(1)).as(what).isIn("400", "505");
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy.http", "proxy.https", "admin.http", "status.http"})
    void everyListenerEndsAConnectionWithTooManyTrailerFields(String listener) throws IOException {
        String request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + "a:\r\n".repeat(257);
        try (Socket socket = connect(listener)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            // Times out if the listener waits for the rest.
            assertThatCode(() -> socket.getInputStream().readAllBytes()).doesNotThrowAnyException();
        }
    }

    /** The statuses of all responses until the listener ends the connection. */
    private static List<String> statuses(String listener, String bytes, int pieces) throws IOException {
        int before = upstream.requests();
        try (Socket socket = connect(listener)) {
            for (int i = 0; i < bytes.length(); i += pieces) {
                socket.getOutputStream()
                        .write(bytes.substring(i, Math.min(bytes.length(), i + pieces))
                                .getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
            }
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            List<String> statuses =
                    STATUS.matcher(all).results().map(status -> status.group(1)).toList();
            assertThat(all).startsWith("HTTP/1.");
            assertThat(upstream.requests() - before).isLessThan(statuses.size());
            return statuses;
        }
    }

    private static Socket connect(String listener) throws IOException {
        int port = gatehouse.node().port(listener);
        Socket socket = listener.endsWith("https")
                ? Http.trustingAll().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)
                : new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }
}
