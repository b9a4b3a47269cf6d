package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.TestTransport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests that the responses of plugins count until their clients have taken them. */
class OwnBodyTest {
    private static final int LIMIT = 1024 * 1024;

    private final Vertx vertx = TestTransport.vertx();
    private final HttpClient client = vertx.createHttpClient();
    private final AtomicInteger dropped = new AtomicInteger();

    @AfterEach
    void stop() {
        Gatehouse.await(vertx.close());
    }

    private int serve(int bytes) {
        UnsentBudget budget = new UnsentBudget(LIMIT, dropped::addAndGet);
        HttpServer server = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(request -> OwnBody.end(request, Buffer.buffer(new byte[bytes]), budget))
                .listen(0, "127.0.0.1"));
        return server.actualPort();
    }

    private Future<Buffer> get(int port) {
        return client.request(HttpMethod.GET, port, "127.0.0.1", "/")
                .compose(request -> request.send())
                .compose(HttpClientResponse::body);
    }

    @Test
    void bodiesThatTheClientTakesCountNoMore() {
        int port = serve(LIMIT * 3 / 4);
        for (int i = 0; i < 3; i++) {
            assertThat(Gatehouse.await(get(port)).length()).isEqualTo(LIMIT * 3 / 4);
        }
        assertThat(dropped).hasValue(0);
    }

    @Test
    void beyondTheLimitTheConnectionIsReset() {
        Future<Buffer> response = get(serve(2 * LIMIT));
        assertThat(Gatehouse.await(response.otherwise(Buffer.buffer())).length()).isLessThan(2 * LIMIT);
        assertThat(dropped).hasValue(1);
    }
}
