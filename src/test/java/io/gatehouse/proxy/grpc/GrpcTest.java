package io.gatehouse.proxy.grpc;

import static io.gatehouse.proxy.grpc.GrpcApi.MESSAGE;
import static io.gatehouse.proxy.grpc.GrpcApi.METHOD;
import static io.gatehouse.proxy.grpc.GrpcApi.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.grpc.GrpcApi.Answer;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Messages and trailers of gRPC calls, from clients over HTTP/2 to Services of protocol grpc; docs/reference/proxy.md#protocols. */
class GrpcTest {
    private static GrpcApi greeter;

    @BeforeAll
    static void start() {
        greeter = new GrpcApi();
    }

    @AfterAll
    static void stop() {
        greeter.close();
    }

    @Test
    void aUnaryCallReachesTheServiceInHttp2AndItsTrailersReachTheClient() {
        AtomicReference<String> seen = new AtomicReference<>("");
        greeter.upstream.behave(request -> {
            seen.set(request.version() + " " + request.path() + " " + request.getHeader("te"));
            request.body().onSuccess(body -> answer(request, body));
        });
        Answer answer = greeter.unary(METHOD);
        assertThat(seen.get()).isEqualTo("HTTP_2 " + METHOD + " trailers");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(MESSAGE);
        assertThat(answer.trailers().get("grpc-status")).isEqualTo("0");
        assertThat(answer.trailers().get("grpc-message")).isEqualTo("well done");
    }

    @Test
    void aTrailersOnlyResponseStaysOne() {
        greeter.upstream.behave(request -> request.response()
                .putHeader("content-type", "application/grpc")
                .putHeader("grpc-status", "5")
                .end());
        Answer answer = greeter.unary(METHOD);
        assertThat(answer.headers().get("grpc-status")).isEqualTo("5");
        assertThat(answer.body().length()).isZero();
    }

    /** For grpcio and grpc-go such a response has no status unless the head ends the stream. */
    @Test
    void trailersOnlyResponse_endsWithItsHead() throws IOException {
        greeter.upstream.behave(request -> request.response()
                .putHeader("content-type", "application/grpc")
                .putHeader("grpc-status", "5")
                .end());
        try (Http2Socket socket = Http2Socket.open(greeter.gatehouse.node().port("proxy.http"))) {
            socket.headers(
                            1,
                            Http2Socket.END_STREAM,
                            ":method: POST",
                            ":scheme: http",
                            ":authority: a",
                            ":path: " + METHOD,
                            "content-type: application/grpc",
                            "te: trailers")
                    .send();
            Http2Socket.Frame head = socket.await(Http2Socket.HEADERS);
            assertThat(socket.fields(head).get("grpc-status")).hasToString("5");
            assertThat(head.flags() & Http2Socket.END_STREAM).isNotZero();
        }
    }

    @Test
    void messagesOfBothSidesPassWhileTheCallIsOpen() {
        List<String> headerNames = new CopyOnWriteArrayList<>();
        greeter.upstream.behave(request -> {
            headerNames.addAll(request.headers().names());
            request.response().putHeader("content-type", "application/grpc").writeHead();
            request.handler(message -> request.response().write(message));
            request.endHandler(
                    end -> request.response().putTrailer("grpc-status", "0").end());
        });
        HttpClientRequest request = Gatehouse.await(greeter.call(METHOD)).setChunked(true);
        // The head of the answer comes before the first message, as gRPC's clients may wait for it.
        Gatehouse.await(request.sendHead());
        HttpClientResponse response = Gatehouse.await(request.response());
        List<Buffer> echoes = new CopyOnWriteArrayList<>();
        Promise<Void> ended = Promise.promise();
        response.handler(echoes::add).endHandler(ended::complete);
        for (int i = 1; i <= 5; i++) {
            request.write(MESSAGE);
            int sent = i;
            await().until(() -> echoes.size() == sent);
        }
        request.end();
        Gatehouse.await(ended.future());
        assertThat(response.trailers().get("grpc-status")).isEqualTo("0");
        assertThat(headerNames).contains("te").doesNotContain("transfer-encoding", "connection");
    }

    @Test
    void aClientThatCancelsEndsTheCallAtTheServiceToo() {
        Promise<Void> given = Promise.promise();
        greeter.upstream.behave(request -> {
            request.exceptionHandler(gone -> given.tryComplete());
            request.response().putHeader("content-type", "application/grpc").writeHead();
            request.resume();
        });
        HttpClientRequest request = Gatehouse.await(greeter.call(METHOD));
        Gatehouse.await(request.sendHead());
        Gatehouse.await(request.response());
        request.reset(8);
        Gatehouse.await(given.future());
    }

    @Test
    void anAbortedCallNeverLooksComplete() {
        greeter.upstream.behave(request -> {
            request.response().putHeader("content-type", "application/grpc").writeHead();
            request.response()
                    .write(MESSAGE)
                    .onComplete(written -> request.response().reset(2));
        });
        assertThatThrownBy(() -> greeter.unary(METHOD))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StreamResetException.class);
    }
}
