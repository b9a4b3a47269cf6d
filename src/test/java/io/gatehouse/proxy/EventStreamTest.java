package io.gatehouse.proxy;

import static io.gatehouse.proxy.Http2Socket.DATA;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ClientProtocol.Moment;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Server-sent events are passed on one by one; the gateway collects none. */
class EventStreamTest {
    private static HttpAndGrpcApi api;

    @BeforeAll
    static void start() {
        api = new HttpAndGrpcApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "HTTP2"})
    void anEventReachesTheClientBeforeTheNextIsWritten(ClientProtocol protocol) throws Exception {
        List<HttpServerRequest> streams = new CopyOnWriteArrayList<>();
        api.upstream.behave(request -> {
            request.response().putHeader("content-type", "text/event-stream").setChunked(true);
            request.response().exceptionHandler(gone -> {});
            streams.add(request);
            request.response().write("data: 0\n\n");
        });
        try (AutoCloseable client = protocol.begin(api.port(), Moment.WAITING)) {
            for (int i = 0; i < 100; i++) {
                String event = "data: " + i + "\n\n";
                if (client instanceof Http2Socket socket) {
                    assertThat(socket.await(DATA).payload()).hasToString(event);
                } else {
                    readUntil((Socket) client, event);
                }
                HttpServerRequest stream = streams.get(0);
                String next = "data: " + (i + 1) + "\n\n";
                api.upstream.vertx().runOnContext(write -> stream.response().write(next));
            }
        }
    }

    private static void readUntil(Socket socket, String text) throws IOException {
        StringBuilder got = new StringBuilder();
        while (!got.toString().endsWith(text)) {
            int next = socket.getInputStream().read();
            assertThat(next).as(got.toString()).isNotNegative();
            got.append((char) next);
        }
    }
}
