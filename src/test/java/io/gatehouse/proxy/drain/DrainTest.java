package io.gatehouse.proxy.drain;

import static io.gatehouse.proxy.Http2Socket.END_STREAM;
import static io.gatehouse.proxy.Http2Socket.GOAWAY;
import static io.gatehouse.proxy.Http2Socket.HEADERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A proxy that stops loses no request of clients that repeat none (RFC 9112 §9.6, RFC 9113 §6.8). */
class DrainTest {
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final int CLIENTS = 8;
    private static final Duration DELAY = Duration.ofSeconds(2);
    private static final long PAUSE_MILLIS = 200;
    private static final String[] CALL = {":method: GET", ":scheme: http", ":path: /api", ":authority: a"};

    private final Upstream upstream = Upstream.start();
    private Future<Void> stopped = Future.succeededFuture();

    private Gatehouse start(Duration drainDelay) {
        Gatehouse gatehouse = Gatehouse.start(
                Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1")).withDrainDelay(drainDelay));
        gatehouse.createApi("api", "/api", upstream.port());
        return gatehouse;
    }

    @AfterEach
    void stop() {
        Gatehouse.await(stopped);
        upstream.close();
    }

    @Test
    void aClientThatUsesItsConnectionWithinTheDelayLosesNothing() throws Exception {
        Gatehouse gatehouse = start(DELAY);
        int port = gatehouse.node().port("proxy.http");
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Callable<String>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(() -> untilTheConnectionEnds(port));
            }
            List<java.util.concurrent.Future<String>> running =
                    clients.stream().map(threads::submit).toList();
            while (upstream.requests() < 2 * CLIENTS) {
                Thread.onSpinWait();
            }
            stopped = gatehouse.node().close();
            for (java.util.concurrent.Future<String> client : running) {
                assertThat(client.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)).contains("\r\nconnection: close\r\n");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Sends a request, reads its response, and so on; the head of the response that ended the connection. */
    private static String untilTheConnectionEnds(int port) throws IOException, InterruptedException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            while (true) {
                socket.getOutputStream()
                        .write("GET /api HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                String head = response(socket.getInputStream());
                assertThat(head).startsWith("http/1.1 200");
                if (head.contains("\r\nconnection: close\r\n")) {
                    assertThat(socket.getInputStream().read()).isEqualTo(-1);
                    return head;
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }

    private static String response(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int next = in.read();
            assertThat(next).as(text).isNotNegative();
            head.write(next);
            text = head.toString(StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
        }
        in.readNBytes(Integer.parseInt(text.replaceAll("(?s).*content-length: (\\d+).*", "$1")));
        return text;
    }

    @Test
    void anHttp2ConnectionReceivesAGoawayBeforeAndAtItsEnd() throws IOException {
        Gatehouse gatehouse = start(DELAY);
        try (Http2Socket socket = Http2Socket.open(gatehouse.node().port("proxy.http"))) {
            socket.headers(1, END_STREAM, CALL).send();
            assertThat(socket.status(socket.await(HEADERS))).isEqualTo(200);

            stopped = gatehouse.node().close();
            Http2Socket.Frame first = socket.await(GOAWAY);
            socket.headers(3, END_STREAM, CALL).send();
            assertThat(socket.status(socket.await(HEADERS))).isEqualTo(200);
            Http2Socket.Frame second = socket.await(GOAWAY);

            assertThat(first.payload().getInt(0)).isEqualTo(Integer.MAX_VALUE);
            assertThat(first.errorCode()).isZero();
            assertThat(second.payload().getInt(0)).isEqualTo(3);
            assertThat(second.errorCode()).isZero();
        }
    }

    @Test
    void withoutClientsThereIsNoDelay() {
        Gatehouse gatehouse = start(Duration.ofMinutes(10));
        long before = System.nanoTime();
        stopped = gatehouse.node().close();
        Gatehouse.await(stopped);

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMinutes(5));
    }

    /** A load balancer sends the first connection of a client too, until its check has failed. */
    @Test
    void inAClusterAProxyWithoutClientsServesForTheDelay() {
        ListenAddress bind = new ListenAddress("127.0.0.1", FreePort.next());
        ClusterConfig cluster = new ClusterConfig(true, "drain-test", bind, List.of(bind.toString()), null, null);
        Gatehouse gatehouse =
                Gatehouse.start(Gatehouse.config(EnumSet.allOf(Role.class), TestDatabase.create(), List.of(), cluster)
                        .withDrainDelay(DELAY));
        gatehouse.createApi("api", "/api", upstream.port());
        long before = System.nanoTime();
        stopped = gatehouse.node().close();

        assertThat(Http.send(Http.get(gatehouse.statusUrl("/ready"))).status()).isEqualTo(503);
        assertThat(gatehouse.get("/api").isStatus(200).header("Connection")).isEqualTo("close");
        Gatehouse.await(stopped);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(DELAY);
    }

    /** The issuer and the balancers must outlive the listeners for that. */
    @Test
    void aTokenRequestInFlightIsServedAfterTheListenerHasClosed() throws Exception {
        Gatehouse gatehouse = start(Duration.ZERO);
        gatehouse.protect("api", new JsonObject().put("accept_http_if_already_terminated", true));
        JsonObject credential = gatehouse.register("alex", new JsonObject());
        int port = gatehouse.node().port("proxy.http");
        String form = "grant_type=client_credentials&client_id=" + credential.getString("client_id") + "&client_secret="
                + credential.getString("client_secret");
        String head =
                "POST /api/oauth2/token HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\nExpect: 100-continue\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + form.length()
                        + "\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(25), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            stopped = gatehouse.node().close();
            await().until(() -> !accepts(port));
            socket.getOutputStream().write(form.getBytes(StandardCharsets.US_ASCII));
            assertThat(response(socket.getInputStream())).startsWith("http/1.1 200");
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }
}
