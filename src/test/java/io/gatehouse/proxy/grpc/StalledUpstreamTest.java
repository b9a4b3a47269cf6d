package io.gatehouse.proxy.grpc;

import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.flood.FloodUpstream;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that an upstream which does not read keeps nothing of the calls that clients reset. */
class StalledUpstreamTest {
    private static final long CANCEL = 8;
    /** RFC 9113 §6.7. */
    private static final byte[] PING = {0, 0, 8, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    private static final Buffer BLOCK = Buffer.buffer(new byte[16 * 1024]);

    private final CompletableFuture<Socket> connected = new CompletableFuture<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong sentBefore = new AtomicLong();
    private Gatehouse gatehouse;
    private FloodUpstream upstream;
    private Vertx vertx;
    private HttpClient client;

    @BeforeEach
    void start() throws IOException {
        gatehouse = Gatehouse.start();
        upstream = new FloodUpstream(connection -> {
            FloodUpstream.openWindowsAndIgnore(connection);
            connected.complete(connection);
        });
        gatehouse.create(
                "/services", new JsonObject().put("name", "deaf").put("url", "grpc://127.0.0.1:" + upstream.port()));
        gatehouse.create("/services/deaf/routes", GrpcApi.route("/deaf."));
        vertx = Vertx.vertx();
        client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
    }

    @AfterEach
    void stop() {
        Gatehouse.await(vertx.close());
        gatehouse.close();
        upstream.close();
    }

    private void send(HttpClientRequest request) {
        while (!request.writeQueueFull()) {
            sent.addAndGet(BLOCK.length());
            request.write(BLOCK);
        }
        request.drainHandler(drained -> send(request));
    }

    private static boolean isClosed(Socket connection) {
        try {
            connection.getOutputStream().write(PING);
            return false;
        } catch (IOException closed) {
            return true;
        }
    }

    @Test
    void theConnectionIsClosedAfterAReset() {
        HttpClientRequest request = Gatehouse.await(client.request(new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("127.0.0.1")
                .setPort(gatehouse.node().port("proxy.http"))
                .setURI("/deaf.A/B")
                .putHeader("content-type", "application/grpc")
                .putHeader("te", "trailers")));
        request.exceptionHandler(reset -> {}).setChunked(true);
        vertx.runOnContext(begun -> send(request));
        Socket connection = connected.join();
        await().pollInterval(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(30))
                .until(() -> sentBefore.getAndSet(sent.get()) == sent.get());

        request.reset(CANCEL);
        await().pollInterval(Duration.ofMillis(200))
                .atMost(Duration.ofSeconds(20))
                .until(() -> isClosed(connection));
    }
}
