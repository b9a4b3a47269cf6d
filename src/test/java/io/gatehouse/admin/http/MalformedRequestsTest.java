package io.gatehouse.admin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.admin.AdminNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Tests that malformed requests get the Admin API's error responses and are not logged as failures. */
class MalformedRequestsTest {
    private static AdminNode node;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.gatehouse.admin");
    }

    @BeforeEach
    void readTheLog() {
        logger().setLevel(Level.DEBUG);
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void stopReading() {
        logger().detachAppender(log);
        logger().setLevel(null);
    }

    private void assertNothingIsAFailure() {
        assertThat(List.copyOf(log.list))
                .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN) || event.getThrowableProxy() != null);
    }

    private static String send(String body) {
        return RawHttp.send(
                node.port(),
                "POST /consumers HTTP/1.1",
                "Host: localhost",
                "Content-Type: application/json",
                "Transfer-Encoding: chunked",
                "Connection: close",
                "",
                body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"zz\r\n{}", "5\r\n{\"a\"zz", "-1\r\n{}", "fffffffffffffffff\r\n{}", "2;a\u0000b\r\n{}\r\nq\r\n"})
    void aMalformedChunkIsABadRequest(String body) {
        String reply = send(body);

        assertThat(reply).startsWith("HTTP/1.1 400 ").contains("{\"message\":\"Malformed request body\"}");
        assertThat(reply.toLowerCase(java.util.Locale.ROOT)).contains("connection: close");
        assertNothingIsAFailure();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nHost : localhost", "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\rb"})
    void aMalformedHeadIsABadRequest(String head) {
        String reply = RawHttp.send(node.port(), head);

        assertThat(reply).startsWith("HTTP/1.1 400 ").contains("{\"message\":\"Bad request\"}");
        assertNothingIsAFailure();
    }

    @Test
    void aClientThatDisconnectsWithinItsBodyIsLoggedAtDebug() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            socket.getOutputStream()
                    .write(("POST /consumers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: 100\r\n\r\n{")
                            .getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        }
        await().untilAsserted(() -> assertThat(List.copyOf(log.list))
                .anyMatch(event -> event.getFormattedMessage().contains("the client disconnected")));
        assertThat(List.copyOf(log.list))
                .noneMatch(event -> event.getFormattedMessage().contains(" 500 "));
        assertNothingIsAFailure();
    }
}
