package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.TestTransport;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests that the responses of plugins count until their clients have taken them. */
class OwnBodyTest {
    private static final int LIMIT = 1024 * 1024;

    private final Vertx vertx = TestTransport.vertx();
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

    private static int get(int port) throws IOException {
        try (InputStream body =
                URI.create("http://127.0.0.1:" + port + "/").toURL().openStream()) {
            return body.readAllBytes().length;
        }
    }

    @Test
    void bodiesThatTheClientTakesCountNoMore() throws IOException {
        int port = serve(LIMIT * 3 / 4);
        for (int i = 0; i < 3; i++) {
            assertThat(get(port)).isEqualTo(LIMIT * 3 / 4);
        }
        assertThat(dropped).hasValue(0);
    }

    @Test
    void beyondTheLimitTheConnectionIsReset() {
        int port = serve(2 * LIMIT);
        assertThatThrownBy(() -> get(port)).isInstanceOf(IOException.class);
        assertThat(dropped).hasPositiveValue();
    }
}
