package io.gatehouse.proxy.client;

import static io.gatehouse.proxy.Http2Socket.DATA;
import static io.gatehouse.proxy.Http2Socket.GOAWAY;
import static io.gatehouse.proxy.Http2Socket.PING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that is still sending can read the last response of its connection, for a limited time (RFC 9112 §9.6). */
class LingeringCloseTest {
    private static final int TIMEOUT_MILLIS = 10_000;
    /** Each of them alone would make a connection that is gone say so. */
    private static final int MORE = 10;

    private static final byte[] PIECE = new byte[16 * 1024];
    /** Far more than the gateway drops, and than the buffers of both systems hold. */
    private static final int WITHOUT_END = 256 * 1024 * 1024;

    private static Upstream upstream;
    private static ImpatientProxy proxy;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        proxy = new ImpatientProxy(upstream.port());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        upstream.close();
    }

    private static Socket connect() throws IOException {
        return patient(new Socket(InetAddress.getLoopbackAddress(), proxy.port()));
    }

    private static Socket connectSecurely() throws IOException {
        return patient(Http.trustingAll()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), proxy.securePort()));
    }

    private static Socket patient(Socket socket) throws IOException {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static void write(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @CsvSource({
        "a head without sense,      400, 'GET /api HTTP/1.1\r\nHost a\r\n\r\n'",
        "two lengths,               400, 'POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'",
        "a chunk without sense,     400, 'POST /api HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'",
        "a head that does not come, 408, 'GET /api HTTP/1.1\r\nHost:'"
    })
    void aClientThatContinuesToSendReadsTheErrorResponse(String what, int status, String request) throws IOException {
        try (Socket socket = connect()) {
            if (status == 408) {
                // Before its first request a connection that does not become one ends without an answer.
                write(socket, "GET /api HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(readHead(socket)).startsWith("HTTP/1.1 200");
            }
            write(socket, request);
            String answer = readHead(socket);
            for (int i = 0; i < MORE; i++) {
                socket.getOutputStream().write(PIECE);
            }
            assertThat(answer).as(what).startsWith("HTTP/1.1 " + status);
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("\"}");
        }
    }

    @Test
    void aTlsClientThatContinuesToSendReadsTheErrorResponse() throws IOException {
        try (Socket socket = connectSecurely()) {
            write(socket, "GET /api HTTP/1.1\r\nHost a\r\n\r\n");
            String answer = readHead(socket);
            for (int i = 0; i < MORE; i++) {
                socket.getOutputStream().write(PIECE);
            }
            assertThat(answer).startsWith("HTTP/1.1 400");
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("\"}");
        }
    }

    /** Returns the head of a response, and the body of one that is not the last. */
    private static String readHead(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as(head.toString()).isNotNegative();
            head.append((char) next);
        }
        if (head.indexOf("HTTP/1.1 200") == 0) {
            String length = head.toString().replaceAll("(?is).*content-length: (\\d+).*", "$1");
            socket.getInputStream().readNBytes(Integer.parseInt(length));
        }
        return head.toString();
    }

    @Test
    void anHttp2ClientThatContinuesToSendReadsGoaway() throws IOException {
        try (Http2Socket socket = Http2Socket.open(proxy.port())) {
            // RFC 9113 §6.1: DATA belongs to a stream.
            socket.frame(DATA, 0, 0, PIECE).send();
            socket.await(GOAWAY);
            for (int i = 0; i < MORE; i++) {
                assertThat(socket.frame(PING, 0, 0, new byte[8]).send()).isTrue();
            }
            assertThat(socket.readToEnd()).isEmpty();
        }
    }

    @Test
    void aClientThatNeverStopsSendingIsReset() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "GET /api HTTP/1.1\r\nHost a\r\n\r\n");
            int sent = 0;
            try {
                for (; sent < WITHOUT_END; sent += PIECE.length) {
                    socket.getOutputStream().write(PIECE);
                }
            } catch (IOException reset) {
                // As it should be.
            }
            assertThat(sent).isLessThan(WITHOUT_END);
        }
    }

    @Test
    void aConnectionThatTheClientNeverEndsIsClosed() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "GET /api HTTP/1.1\r\nHost a\r\n\r\n");
            readHead(socket);
            assertThat(proxy.counters().connectionsActive()).isPositive();
            await().atMost(Duration.ofMillis(TIMEOUT_MILLIS))
                    .until(() -> proxy.counters().connectionsActive() == 0);
        }
    }
}
