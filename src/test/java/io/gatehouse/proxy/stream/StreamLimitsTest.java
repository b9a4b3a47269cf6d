package io.gatehouse.proxy.stream;

import static io.gatehouse.proxy.stream.StreamNode.PLAIN;
import static io.gatehouse.proxy.stream.StreamNode.TLS;
import static io.gatehouse.proxy.stream.StreamNode.assertClosed;
import static io.gatehouse.proxy.stream.StreamNode.assertEchoes;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.FreePort;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Backpressure, timeouts and targets of connections (docs/reference/limits.md#stream-listeners). */
class StreamLimitsTest {
    /** More than the buffers of both sockets and of the gateway hold, and less than would be sent without backpressure. */
    private static final long STALLED = 64L * 1024 * 1024;

    private static final int CHUNK = 64 * 1024;

    private static StreamNode node;
    private static TcpUpstream echo;

    @BeforeAll
    static void start() {
        node = new StreamNode();
        echo = TcpUpstream.start(TcpUpstream::echo);
    }

    @AfterAll
    static void stop() {
        node.close();
        echo.close();
    }

    @AfterEach
    void reset() {
        node.reset();
    }

    /** Counts the bytes that a peer could send. */
    private static final class Flood {
        private final AtomicLong sent = new AtomicLong();
        private final Semaphore progress = new Semaphore(0);

        void send(OutputStream out) throws IOException {
            byte[] chunk = new byte[CHUNK];
            while (sent.get() < STALLED) {
                out.write(chunk);
                sent.addAndGet(CHUNK);
                progress.release();
            }
        }

        /** Waits until the sender has made no progress for two seconds, or has sent everything. */
        void awaitStall() throws InterruptedException {
            while (sent.get() < STALLED && progress.tryAcquire(2, TimeUnit.SECONDS)) {
                progress.drainPermits();
            }
        }
    }

    private static JsonObject timeouts(int port, int read, int write) {
        return new JsonObject()
                .put("protocol", "tcp")
                .put("host", "127.0.0.1")
                .put("port", port)
                .put("read_timeout", read)
                .put("write_timeout", write);
    }

    @Test
    void aClientThatDoesNotReadStallsTheUpstream() throws Exception {
        Flood flood = new Flood();
        CountDownLatch drained = new CountDownLatch(1);
        try (TcpUpstream upstream = TcpUpstream.start(connection -> {
            flood.send(connection.getOutputStream());
            drained.countDown();
        })) {
            node.route(node.service("tcp", upstream.port()), PLAIN, "tcp");
            try (Socket client = node.connect(PLAIN)) {
                flood.awaitStall();
                assertThat(flood.sent.get()).isLessThan(STALLED / 2);
                assertThat(drained.getCount()).isEqualTo(1);
                assertThat(client.getInputStream().readAllBytes().length).isEqualTo((int) STALLED);
                assertThat(drained.await(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void anUpstreamThatDoesNotReadStallsTheClientAlsoBehindTls() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        AtomicLong received = new AtomicLong();
        try (TcpUpstream upstream = TcpUpstream.start(connection -> {
            await(reading);
            received.set(connection.getInputStream().transferTo(OutputStream.nullOutputStream()));
            connection.getOutputStream().write(1);
        })) {
            node.route(node.service("tcp", upstream.port()), TLS, "tls");
            try (SSLSocket client = node.connectTls("", "TLSv1.3")) {
                client.startHandshake();
                Flood flood = new Flood();
                Thread sender = new Thread(() -> {
                    try {
                        flood.send(client.getOutputStream());
                        client.shutdownOutput();
                    } catch (IOException closed) {
                        // The assertions fail.
                    }
                });
                sender.setDaemon(true);
                sender.start();
                flood.awaitStall();
                assertThat(flood.sent.get()).isLessThan(STALLED / 2);
                reading.countDown();
                assertThat(client.getInputStream().read()).isEqualTo(1);
                assertThat(received.get()).isEqualTo(STALLED);
            }
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IOException("the test did not continue");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void anIdleConnectionEndsAfterReadTimeout() throws IOException {
        node.route(node.service(timeouts(echo.port(), 300, 60_000)), PLAIN, "tcp");
        try (Socket client = node.connect(PLAIN)) {
            assertEchoes(client);
            assertClosed(client);
            assertThat(node.lines.of(client).end()).isEqualTo("idle");
        }
    }

    @Test
    void aConnectionWhoseUpstreamDoesNotReadEndsAfterWriteTimeout() throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        try (TcpUpstream upstream = TcpUpstream.start(connection -> await(done))) {
            node.route(node.service(timeouts(upstream.port(), 60_000, 300)), PLAIN, "tcp");
            try (Socket client = node.connect(PLAIN)) {
                Thread sender = new Thread(() -> {
                    try {
                        new Flood().send(client.getOutputStream());
                    } catch (IOException expected) {
                        // The gateway closes the connection.
                    }
                });
                sender.setDaemon(true);
                sender.start();
                assertThat(node.lines.of(client).end()).isEqualTo("idle");
            }
        } finally {
            done.countDown();
        }
    }

    @Test
    void anUnreachableUpstreamEndsTheConnectionWithoutAByte() throws IOException {
        int unused = FreePort.next();
        node.route(node.service("tcp", unused), PLAIN, "tcp");
        try (Socket client = node.connect(PLAIN)) {
            assertClosed(client);
            assertThat(node.lines.of(client).end()).isEqualTo("unreachable");
        }
    }

    @Test
    void anotherTargetIsTriedAndFailuresCountAgainstTheFirst() throws IOException {
        int unused = FreePort.next();
        JsonObject upstream = node.create(
                "upstreams",
                new JsonObject()
                        .put("name", "pool.test")
                        .put(
                                "healthchecks",
                                new JsonObject()
                                        .put(
                                                "passive",
                                                new JsonObject()
                                                        .put("unhealthy", new JsonObject().put("tcp_failures", 2))
                                                        .put("healthy", new JsonObject().put("successes", 1)))));
        String targets = "/upstreams/" + upstream.getString("id") + "/targets";
        node.gatehouse.create(targets, new JsonObject().put("target", "127.0.0.1:" + unused));
        node.gatehouse.create(targets, new JsonObject().put("target", "127.0.0.1:" + echo.port()));
        node.route(
                node.service(new JsonObject()
                        .put("protocol", "tcp")
                        .put("host", "pool.test")
                        .put("port", 1)),
                PLAIN,
                "tcp");
        for (int i = 0; i < 8; i++) {
            try (Socket client = node.connect(PLAIN)) {
                assertEchoes(client);
            }
        }
        JsonArray health = node.gatehouse
                .admin("GET", "/upstreams/" + upstream.getString("id") + "/health")
                .json()
                .getJsonArray("data");
        assertThat(health.stream()
                        .map(target -> ((JsonObject) target).getString("target") + " "
                                + ((JsonObject) target).getString("health")))
                .containsExactlyInAnyOrder(
                        "127.0.0.1:" + unused + " UNHEALTHY", "127.0.0.1:" + echo.port() + " HEALTHY");

        node.gatehouse.admin("DELETE", targets + "/127.0.0.1:" + echo.port()).isStatus(204);
        try (Socket client = node.connect(PLAIN)) {
            assertClosed(client);
            assertThat(node.lines.of(client).end()).isEqualTo("no_peer");
        }
    }
}
