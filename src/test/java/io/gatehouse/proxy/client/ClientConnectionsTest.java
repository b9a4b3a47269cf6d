package io.gatehouse.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.SmallNode;
import io.gatehouse.testing.Upstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Connections that are open and do nothing cost little. */
class ClientConnectionsTest {
    private static final int CONNECTIONS = 10_000;
    /** A quarter of it is enough for that many (docs/reference/limits.md). */
    private static final int HEAP_MIB = 512;
    /** Of memory, for all of them. */
    private static final int LIMIT_MIB = 150;

    private static final byte[] REQUEST = "GET /api HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @Test
    void tenThousandIdleConnectionsAreKeptAndUsed() throws IOException {
        try (Upstream upstream = Upstream.start();
                SmallNode node = SmallNode.start(HEAP_MIB, TestDatabase.create(), Map.of())) {
            assumeTrue(
                    Math.min(node.openFiles(), SmallNode.ownOpenFiles()) > CONNECTIONS + 1_000,
                    "a process may not have that many connections here: ulimit -n");
            upstream.behave(request -> request.response().end("ok"));
            node.createApi("api", "/api", upstream.port());
            open(node).close();
            int before = node.rss();
            List<Socket> sockets = IntStream.range(0, CONNECTIONS)
                    .parallel()
                    .mapToObj(i -> open(node))
                    .toList();
            int open = node.rss();
            sockets.parallelStream().forEach(ClientConnectionsTest::use);
            int used = node.rss();
            System.out.printf(
                    "%,d connections: RSS %d MiB before, %d MiB when open, %d MiB after another request on each%n",
                    CONNECTIONS, before, open, used);
            assertThat(used - before).isLessThan(LIMIT_MIB);
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static Socket open(SmallNode node) {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
            socket.setSoTimeout(30_000);
            use(socket);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void use(Socket socket) {
        try {
            socket.getOutputStream().write(REQUEST);
            StringBuilder answer = new StringBuilder();
            byte[] chunk = new byte[1024];
            while (!answer.toString().endsWith("\r\n\r\nok")) {
                int length = socket.getInputStream().read(chunk);
                assertThat(length).as(answer.toString()).isPositive();
                answer.append(new String(chunk, 0, length, StandardCharsets.US_ASCII));
            }
            assertThat(answer).startsWith("HTTP/1.1 200");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
