package io.gatehouse.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.fuzz.wire.Wire;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests bytes after a response and before the next request: the gateway closes the connection (RFC 9112 §9.2). */
class LateExcessTest {
    private static final int TIMEOUT_MILLIS = 60_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x", "\r\n", "HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\nX-Evil: ",
                "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
                        "HTTP/1.1 408 Timeout\r\n"
            })
    void bytesAfterAResponseCloseTheUpstreamConnection(String excess) throws Exception {
        try (Gatehouse gatehouse = Gatehouse.start();
                ServerSocket upstream = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            upstream.setSoTimeout(TIMEOUT_MILLIS);
            gatehouse.createApi("api", "/api", upstream.getLocalPort());
            CompletableFuture<Reply> first = request(gatehouse, "first");
            try (Socket connection = upstream.accept()) {
                connection.setSoTimeout(TIMEOUT_MILLIS);
                respond(connection, "first");
                assertThat(first.get().isStatus(200).text()).isEqualTo("first");
                connection.getOutputStream().write(Wire.bytes(excess));
                // The gateway closes the connection and sends no further request on it.
                assertThat(endOf(connection.getInputStream())).isTrue();
            }
            CompletableFuture<Reply> next = request(gatehouse, "second");
            try (Socket another = upstream.accept()) {
                respond(another, "second");
                assertThat(next.get().isStatus(200).text()).isEqualTo("second");
            }
        }
    }

    private static CompletableFuture<Reply> request(Gatehouse gatehouse, String name) {
        return CompletableFuture.supplyAsync(() -> gatehouse.get("/api/" + name));
    }

    private static void respond(Socket connection, String body) throws IOException {
        InputStream in = connection.getInputStream();
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            request.append((char) in.read());
        }
        connection
                .getOutputStream()
                .write(Wire.bytes("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body));
    }

    private static boolean endOf(InputStream in) {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
