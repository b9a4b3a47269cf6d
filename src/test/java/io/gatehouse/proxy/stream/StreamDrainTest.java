package io.gatehouse.proxy.stream;

import static io.gatehouse.proxy.stream.StreamNode.PLAIN;
import static io.gatehouse.proxy.stream.StreamNode.assertClosed;
import static io.gatehouse.proxy.stream.StreamNode.assertEchoes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A node that stops (docs/reference/proxy.md#connections). */
class StreamDrainTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void openConnectionsHaveDrainTimeoutAndThenEnd() throws IOException {
        StreamNode node = new StreamNode();
        try (TcpUpstream echo = TcpUpstream.start(TcpUpstream::echo)) {
            node.route(node.service("tcp", echo.port()), PLAIN, "tcp");
            int port = node.port(PLAIN);
            try (Socket client = node.connect(PLAIN)) {
                assertEchoes(client);
                Future<Void> stopped = node.gatehouse.node().close();
                await().atMost(LIMIT).until(() -> isRefused(port));
                assertEchoes(client);
                assertClosed(client);
                assertThat(node.lines.of(client).end()).isEqualTo("drained");
                await().atMost(LIMIT).until(stopped::isComplete);
                await().atMost(LIMIT).until(() -> echo.open() == 0);
            }
        } finally {
            node.lines.close();
        }
    }

    private static boolean isRefused(int port) throws IOException {
        try {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            return false;
        } catch (ConnectException refused) {
            return true;
        }
    }
}
