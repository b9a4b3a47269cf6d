package io.gatehouse.proxy.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.StreamListener;
import io.gatehouse.proxy.client.TrafficCounters;
import io.gatehouse.proxy.traffic.TrafficMeters;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The number of connections of one event loop. */
class StreamConnectionsTest {
    private static final int MAX = 3;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Vertx vertx = Vertx.vertx();
    private final TrafficCounters counters = new TrafficCounters();
    private final Listener listener = new Listener();

    private final class Listener extends VerticleBase {
        private int port;

        @Override
        public Future<NetServer> start() {
            StreamListener tls = new StreamListener(new ListenAddress("127.0.0.1", 0), true);
            StreamConnections connections = new StreamConnections(
                    vertx,
                    new StreamRoutes(List.of(tls), new TrafficMeters(1).streams()),
                    counters,
                    Map.of(),
                    MAX,
                    null);
            return vertx.createNetServer()
                    .connectHandler(socket -> connections.accept(socket, true))
                    .listen(0, "127.0.0.1")
                    .onSuccess(server -> port = server.actualPort());
        }
    }

    @AfterEach
    void stop() {
        Gatehouse.await(vertx.close());
    }

    @Test
    void theOldestConnectionWithoutAHandshakeMakesRoom() throws IOException {
        Gatehouse.await(vertx.deployVerticle(listener));
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 1; i <= MAX; i++) {
                int opened = i;
                clients.add(connect());
                await().atMost(LIMIT).until(() -> counters.connectionsActive() == opened);
            }
            for (int i = 0; i < MAX; i++) {
                clients.add(connect());
                StreamNode.assertClosed(clients.get(i));
            }
            await().atMost(LIMIT).until(() -> counters.connectionsAccepted() == 2 * MAX);
            assertThat(counters.connectionsActive()).isEqualTo(MAX);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
        await().atMost(LIMIT).until(() -> counters.connectionsActive() == 0);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port);
        socket.setSoTimeout((int) LIMIT.toMillis());
        return socket;
    }
}
