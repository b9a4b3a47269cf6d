package io.gatehouse.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.Upstream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that a call ends whose client the proxy waits for, in HTTP/2 on both sides. */
class HoldingGrpcClientsTest {
    /** More than the gateway takes of a response that the client does not take, and less than it receives of it. */
    private static final Buffer MESSAGES = Buffer.buffer(new byte[96 * 1024]);

    private static Upstream upstream;
    private static ImpatientProxy proxy;

    /** What the upstream does behind its messages. */
    private enum Then {
        WAITS,
        ENDS_THE_RESPONSE,
        CLOSES_THE_CONNECTION
    }

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        proxy = new ImpatientProxy(upstream.port());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        upstream.close();
    }

    /** Begins a call for whose response the client gives no window. */
    private static Http2Socket call(int flags) throws IOException {
        Http2Socket socket = Http2Socket.greeted(proxy.port());
        socket.frame(Http2Socket.SETTINGS, 0, 0, 0, 4, 0, 0, 0, 0)
                .headers(
                        1,
                        flags,
                        ":method: POST",
                        ":scheme: http",
                        ":authority: a",
                        ":path: /grpc.Greeter/Greet",
                        "content-type: application/grpc",
                        "te: trailers")
                .send();
        return socket;
    }

    private static void respond(HttpServerRequest request, Then then) {
        HttpServerResponse response = request.response().putHeader("content-type", "application/grpc");
        switch (then) {
            case WAITS -> response.write(MESSAGES);
            case ENDS_THE_RESPONSE -> response.end(MESSAGES);
            case CLOSES_THE_CONNECTION ->
                response.write(MESSAGES)
                        .onSuccess(written -> request.connection().close());
        }
    }

    @ParameterizedTest
    @EnumSource(Then.class)
    void aResponseThatTheClientDoesNotTake_isReset(Then then) throws IOException {
        upstream.behave(request -> respond(request, then));
        try (Http2Socket socket = call(Http2Socket.END_STREAM)) {
            assertThat(socket.await(Http2Socket.RST_STREAM).stream()).isEqualTo(1);
        }
    }

    @Test
    void aBodyThatNeverComes_isDeadlineExceeded() throws IOException {
        upstream.behave(request -> {});
        try (Http2Socket socket = call(0)) {
            assertThat(socket.fields(socket.await(Http2Socket.HEADERS)).get("grpc-status"))
                    .hasToString("4");
        }
    }
}
