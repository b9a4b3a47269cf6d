package io.gatehouse.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests complete responses that clients of HTTP/1.1 do not read (docs/reference/limits.md). */
class UnreadDownloadsTest {
    private static final int BODY_BYTES = 60_000;
    /** Beyond what the buffers of the sockets take. */
    private static final int REQUESTS = 200;

    private static final int UNSENT_BYTES = 256 * 1024;

    @Test
    void responsesThatHaveEnded_areDroppedBeyondTheLimitOfAllTogether() throws Exception {
        Vertx vertx = Vertx.vertx();
        HttpServer upstream = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(request -> request.response().end(Buffer.buffer(new byte[BODY_BYTES])))
                .listen(0, "127.0.0.1"));
        try (ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.actualPort(), UNSENT_BYTES);
                Socket client = new Socket()) {
            client.setReceiveBufferSize(4 * 1024);
            client.setSoTimeout(20_000);
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
            byte[] requests =
                    "GET /api HTTP/1.1\r\nHost: a\r\n\r\n".repeat(REQUESTS).getBytes(StandardCharsets.US_ASCII);

            client.getOutputStream().write(requests);

            await().atMost(Duration.ofSeconds(30)).until(() -> isReset(client));
            assertThat(proxy.counters().requestsInFlight()).isZero();
        } finally {
            Gatehouse.await(vertx.close());
        }
    }

    /** The write of a byte fails once the reset has arrived. */
    private static boolean isReset(Socket client) {
        try {
            client.getOutputStream().write('G');
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
