package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.FullListener;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests that clients which have left do not keep others from an upstream: their requests wait for no connection to it. */
class LeftQueueTest {
    private static final int STREAMS = 100;
    /** More streams than an event loop has connections and waiting places for an upstream, on each of two. */
    private static final int CONNECTIONS = 60;

    private static void createApi(Gatehouse gatehouse, String name, int port, int connectTimeout) {
        gatehouse.create(
                "/services",
                new JsonObject()
                        .put("name", name)
                        .put("url", "http://127.0.0.1:" + port)
                        .put("retries", 0)
                        .put("connect_timeout", connectTimeout));
        gatehouse.create("/services/" + name + "/routes", new JsonObject().put("paths", List.of("/" + name)));
    }

    @Test
    void requestsOfClientsThatHaveLeftWaitForNoConnection() throws IOException {
        String[] get = {":method: GET", ":scheme: http", ":authority: a", ":path: /patient"};
        try (FullListener upstream = new FullListener();
                Gatehouse gatehouse = Gatehouse.start()) {
            createApi(gatehouse, "patient", upstream.port(), 60_000);
            createApi(gatehouse, "other", upstream.port(), 200);
            List<Http2Socket> clients = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Http2Socket client = Http2Socket.open(gatehouse.node().port("proxy.http"));
                clients.add(client);
                for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
                    client.headers(stream, Http2Socket.END_STREAM, get);
                }
                client.frame(Http2Socket.PING, 0, 0, new byte[8]).send();
            }
            for (Http2Socket client : clients) {
                client.await(Http2Socket.PING);
            }
            assertThat(gatehouse.get("/other").status()).isEqualTo(503);
            for (Http2Socket client : clients) {
                client.close();
            }
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(gatehouse.get("/other").status()).isEqualTo(504));
        }
    }
}
