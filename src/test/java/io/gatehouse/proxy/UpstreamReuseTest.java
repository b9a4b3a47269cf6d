package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.http.HttpConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which of a client's requests go over the same connection to the upstream (docs/reference/proxy.md#the-upstream-request). */
class UpstreamReuseTest {
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final String GET = "GET /api HTTP/1.1\r\nHost: api\r\n\r\n";

    private static Upstream upstream;
    private static Gatehouse gatehouse;

    private final Set<HttpConnection> used = ConcurrentHashMap.newKeySet();

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/api", upstream.port());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    /** Responds with the method, before the whole request has arrived. */
    @BeforeEach
    void behave() {
        upstream.behave(request -> {
            used.add(request.connection());
            request.response().end(request.method().name());
        });
    }

    private static Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.http"));
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static void write(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void readUntil(Socket socket, String text) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(text) < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("after %s", read).isNotNegative();
            read.append((char) next);
        }
    }

    @Test
    void oneRequestFollowsAnother() throws IOException {
        try (Socket client = connect()) {
            for (int i = 0; i < 5; i++) {
                write(client, GET);
                readUntil(client, "\r\n\r\nGET");
            }
        }
        assertThat(used).hasSize(1);
    }

    @Test
    void noRequestFollowsOneWhoseResponseEndedFirst() throws IOException {
        try (Socket client = connect()) {
            write(client, "POST /api HTTP/1.1\r\nHost: api\r\nContent-Length: 8\r\n\r\nhalf");
            readUntil(client, "\r\n\r\nPOST");
            write(client, "half" + GET);
            readUntil(client, "\r\n\r\nGET");
        }
        assertThat(used).hasSize(2);
    }
}
