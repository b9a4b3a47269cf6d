package io.gatehouse.proxy.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.balancer.Balancers;
import io.gatehouse.balancer.SearchList;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.StreamListener;
import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.proxy.client.ConnectionBudget;
import io.gatehouse.proxy.client.ImpatientProxy;
import io.gatehouse.proxy.client.TrafficCounters;
import io.gatehouse.proxy.flood.Flood;
import io.gatehouse.proxy.forward.ServiceDestination;
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
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The memory of the connections of one event loop. */
class StreamConnectionsTest {
    private static final int MAX = 3;
    private static final int MANY = 12;
    private static final long PLENTY = Long.MAX_VALUE;
    /** Less than four connections hold whose peers do not read. */
    private static final long UNSENT_BYTES = 100 * 1024;

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Vertx vertx = Vertx.vertx();
    private final TrafficCounters counters = new TrafficCounters();
    private final List<Socket> clients = new ArrayList<>();

    private final class Listener extends VerticleBase {
        private final StreamConnections.Limits limits;
        private final boolean isTls;
        private final StreamRoutes routes;
        private int port;

        Listener(StreamConnections.Limits limits, boolean isTls) {
            this.limits = limits;
            this.isTls = isTls;
            this.routes = new StreamRoutes(
                    List.of(new StreamListener(new ListenAddress("127.0.0.1", 0), isTls)),
                    new TrafficMeters(1).streams());
        }

        void route(int upstreamPort) {
            route("tcp", upstreamPort);
        }

        void route(String protocol, int upstreamPort) {
            Map<String, @Nullable Object> service = ImpatientProxy.entity(
                    EntitySchemas.SERVICES,
                    Map.of("protocol", protocol, "host", "127.0.0.1", "port", upstreamPort, "retries", 0));
            Map<String, @Nullable Object> route = ImpatientProxy.entity(
                    EntitySchemas.ROUTES,
                    Map.of(
                            "protocols",
                            List.of("tcp"),
                            "sources",
                            List.of(Map.of("ip", "127.0.0.1")),
                            "service",
                            Map.of("id", String.valueOf(service.get("id")))));
            Catalog catalog = Catalog.of(new CatalogSnapshot(
                    "epoch",
                    0,
                    1,
                    Map.of(
                            EntitySchemas.SERVICES.name(), List.of(service),
                            EntitySchemas.ROUTES.name(), List.of(route)),
                    Map.of()));
            Balancers none = new Balancers("here", List.of(), SearchList.NONE);
            routes.use(routes.build(catalog, to -> ServiceDestination.of(to, catalog, none)));
        }

        @Override
        public Future<NetServer> start() {
            StreamConnections connections = new StreamConnections(vertx, routes, counters, Map.of(), limits, null);
            return vertx.createNetServer()
                    .connectHandler(socket -> connections.accept(socket, isTls))
                    .listen(0, "127.0.0.1")
                    .onSuccess(server -> port = server.actualPort());
        }

        Socket connect() throws IOException {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout((int) LIMIT.toMillis());
            clients.add(socket);
            return socket;
        }
    }

    private Listener listen(long connections, long unsent, boolean isTls) {
        Listener listener = new Listener(new StreamConnections.Limits(connections, unsent), isTls);
        Gatehouse.await(vertx.deployVerticle(listener));
        return listener;
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        await().atMost(LIMIT).until(() -> counters.connectionsActive() == 0);
        Gatehouse.await(vertx.close());
    }

    @Test
    void theOldestConnectionWithoutAHandshakeMakesRoom() throws IOException {
        Listener listener = listen(MAX * 2L * ConnectionBudget.bytes(true), PLENTY, true);
        for (int i = 1; i <= MAX; i++) {
            int opened = i;
            listener.connect();
            await().atMost(LIMIT).until(() -> counters.connectionsActive() == opened);
        }
        for (int i = 0; i < MAX; i++) {
            listener.connect();
            StreamNode.assertClosed(clients.get(i));
        }
        await().atMost(LIMIT).until(() -> counters.connectionsAccepted() == 2 * MAX);
        assertThat(counters.connectionsActive()).isEqualTo(MAX);
    }

    @Test
    void aConnectionBeyondTheMemoryOfAllIsClosedIfTheOthersAreJoined() throws IOException {
        try (TcpUpstream echo = TcpUpstream.start(TcpUpstream::echo)) {
            Listener listener = listen(MAX * 2L * ConnectionBudget.bytes(false), PLENTY, false);
            listener.route(echo.port());
            for (int i = 0; i < MAX; i++) {
                StreamNode.assertEchoes(listener.connect());
            }
            StreamNode.assertClosed(listener.connect());
            for (Socket joined : clients.subList(0, MAX)) {
                StreamNode.assertEchoes(joined);
            }
        }
    }

    @Test
    void aConnectionThatEndsMakesRoom() throws IOException {
        try (TcpUpstream echo = TcpUpstream.start(TcpUpstream::echo)) {
            Listener listener = listen(MAX * 2L * ConnectionBudget.bytes(false), PLENTY, false);
            // Without a Route each of them ends, and lingers because its client does not.
            for (int i = 0; i < MAX; i++) {
                StreamNode.assertClosed(listener.connect());
            }
            listener.route(echo.port());
            for (int i = 0; i < MAX; i++) {
                StreamNode.assertEchoes(listener.connect());
            }
        }
    }

    @Test
    void tlsToTheUpstreamCountsForAConnectionInClearText() throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        try (TcpUpstream silent = TcpUpstream.start(connection -> {
            try {
                done.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        })) {
            Listener listener = listen(MAX * 2L * ConnectionBudget.bytes(false), PLENTY, false);
            listener.route("tls", silent.port());
            for (int i = 1; i < MAX; i++) {
                int opened = i;
                listener.connect();
                await().atMost(LIMIT).until(() -> counters.connectionsActive() == opened);
            }
            StreamNode.assertClosed(listener.connect());
            assertThat(counters.connectionsActive()).isEqualTo(MAX - 1);
        } finally {
            done.countDown();
        }
    }

    @Test
    void connectionsWhosePeersDoNotReadAreResetBeyondTheLimitOfAllTogether() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (TcpUpstream deaf = TcpUpstream.start(connection -> {
            try {
                done.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        })) {
            Listener listener = listen(PLENTY, UNSENT_BYTES, false);
            listener.route(deaf.port());
            List<Flood> floods = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                floods.add(new Flood(listener.connect()));
            }
            await().atMost(LIMIT)
                    .until(() -> floods.stream().filter(Flood::isEnded).count() >= MANY / 2);
            Flood.awaitStandstill(() -> floods.stream().filter(Flood::isEnded).count());
            // Those that fit stay open.
            assertThat(floods).anyMatch(flood -> !flood.isEnded());
            assertThat(counters.connectionsActive())
                    .isEqualTo(floods.stream().filter(flood -> !flood.isEnded()).count());
        } finally {
            done.countDown();
        }
    }
}
