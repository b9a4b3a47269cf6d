package io.gatehouse.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@code Expect: 100-continue} (RFC 9110 §10.1.1) at the Admin API. */
class ExpectationTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String send(String method, String path, String... headers) {
        String[] lines = new String[headers.length + 3];
        lines[0] = method + " " + path + " HTTP/1.1";
        lines[1] = "Host: localhost";
        lines[2] = "Content-Type: application/json";
        System.arraycopy(headers, 0, lines, 3, headers.length);
        return RawHttp.send(node.port(), lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10485761", "99000000000", "1000000000000000"})
    void announcedBodyBeyondTheLimitIs413WithoutContinue(String length) {
        for (String method : new String[] {"PUT", "PATCH"}) {
            assertThat(send(method, "/services/a", "Expect: 100-continue", "Content-Length: " + length))
                    .as(method)
                    .startsWith("HTTP/1.1 413");
        }
        assertThat(send("POST", "/services", "Expect: 100-continue", "Content-Length: " + length))
                .startsWith("HTTP/1.1 413")
                .containsIgnoringCase("connection: close")
                .endsWith("{\"message\":\"Request body too large\"}");
    }

    @Test
    void announcedBodyBeyondTheLimitIs413WithoutTheExpectationToo() {
        assertThat(send("POST", "/services", "Content-Length: 99000000000")).startsWith("HTTP/1.1 413");
    }

    @Test
    void bodyThatIsWantedIsAskedFor() throws IOException {
        String body = "{\"host\":\"h\"}";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            socket.setSoTimeout(30_000);
            String head = "POST /services HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Expect: 100-Continue\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            String interim = "HTTP/1.1 100 Continue\r\n\r\n";
            byte[] first = socket.getInputStream().readNBytes(interim.length());
            assertThat(new String(first, StandardCharsets.US_ASCII)).isEqualTo(interim);
            socket.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 201");
        }
    }

    @Test
    void requestThatIsRejectedByItsHeadGetsNoContinue() {
        assertThat(send("POST", "/nowhere", "Expect: 100-continue", "Content-Length: 5"))
                .startsWith("HTTP/1.1 404");
        assertThat(send("POST", "/services", "Expect: 100-continue", "Content-Length: 5", "Origin: http://evil.test"))
                .startsWith("HTTP/1.1 403");
    }
}
