package io.gatehouse.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.flood.FloodUpstream;
import io.gatehouse.syntax.Framing;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.TestTransport;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests the memory of requests on one HTTP/2 connection. */
class Http2RequestBudgetTest {
    private static final int LIMIT_BYTES = 64 * 1024;
    private static final Buffer BLOCK = Buffer.buffer(new byte[16 * 1024]);

    private final Vertx vertx = TestTransport.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final AtomicInteger closed = new AtomicInteger();
    private final Http2RequestBudget budget = new Http2RequestBudget(LIMIT_BYTES, closed::addAndGet);
    private final HttpClient client = vertx.httpClientBuilder()
            .with(new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false))
            .with(new PoolOptions().setHttp2MaxSize(1))
            .withConnectHandler(budget::watch)
            .build();

    @AfterEach
    void stop() {
        Gatehouse.await(vertx.close());
    }

    private Future<UpstreamRequest> open(int port) {
        return open(port, Framing.CHUNKED, "");
    }

    private Future<UpstreamRequest> open(int port, Framing framing, String field) {
        HostAndPort authority = HostAndPort.create("localhost", -1);
        UpstreamHead head = new UpstreamHead(
                HttpMethod.POST, "/", authority, UpstreamHead.newHeaders(authority, (name, value) -> {}));
        head.headers().set("x-field", field);
        return client.request(new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setHost("127.0.0.1")
                        .setPort(port))
                .compose(request -> Http2Request.on(request, head))
                .onSuccess(request -> request.begin(framing));
    }

    /** Sends so many requests, one after the other, but none once a connection has been closed. */
    private void sendMany(int requests, int port, Framing framing, String field, Consumer<UpstreamRequest> sending) {
        if (requests > 0 && closed.get() == 0) {
            open(port, framing, field).onSuccess(request -> {
                sending.accept(request);
                loop.runOnContext(turn -> sendMany(requests - 1, port, framing, field, sending));
            });
        }
    }

    private static void sendWithoutEnd(UpstreamRequest request) {
        while (!request.writeQueueFull()) {
            request.write(BLOCK);
        }
        request.drainHandler(drained -> sendWithoutEnd(request));
    }

    private Future<String> send(int port) {
        Promise<String> response = Promise.promise();
        loop.runOnContext(turn -> open(port)
                .compose(request -> {
                    Future<String> body = ConnectionsLoop.body(request);
                    request.write(BLOCK);
                    request.write(BLOCK);
                    request.end();
                    return body;
                })
                .onComplete(response));
        return response.future();
    }

    @Test
    void aConnectionThatTakesNothingIsClosed() throws IOException {
        try (FloodUpstream deaf = new FloodUpstream(FloodUpstream::openWindowsAndIgnore)) {
            List<Future<UpstreamResponse>> responses = new ArrayList<>();
            loop.runOnContext(turn -> {
                for (int i = 0; i < 4; i++) {
                    open(deaf.port()).onSuccess(request -> {
                        responses.add(request.response());
                        sendWithoutEnd(request);
                    });
                }
            });
            await().until(() -> responses.size() == 4 && responses.stream().allMatch(Future::failed));
            assertThat(closed).hasValue(1);
            assertThat(responses.get(0).cause()).isInstanceOf(ConnectionPoolTooBusyException.class);
        }
    }

    @Test
    void headsThatAConnectionDoesNotTakeCount() throws IOException {
        try (FloodUpstream deaf = new FloodUpstream(FloodUpstream::openWindowsAndIgnore)) {
            // No compression makes these letters shorter (RFC 7541, appendix B).
            String field = "Z".repeat(30_000);
            loop.runOnContext(turn -> sendMany(1_000, deaf.port(), Framing.CHUNKED, field, UpstreamRequest::sendHead));
            await().until(() -> closed.get() > 0);
        }
    }

    /** The last piece of an announced length is sent with the end. */
    @Test
    void lastPiecesThatAConnectionDoesNotTakeCount() throws IOException {
        try (FloodUpstream deaf = new FloodUpstream(FloodUpstream::openWindowsAndIgnore)) {
            loop.runOnContext(turn -> sendMany(2_000, deaf.port(), Framing.ofLength(BLOCK.length()), "", request -> {
                request.write(BLOCK);
                request.end();
            }));
            await().until(() -> closed.get() > 0);
        }
    }

    @Test
    void whatHasEndedCountsNoMore() {
        HttpServer upstream = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(request ->
                        request.end().onSuccess(end -> request.response().end("ok")))
                .listen(0, "127.0.0.1"));
        Future<?> all = Future.succeededFuture();
        for (int i = 0; i < 100; i++) {
            all = all.compose(done -> send(upstream.actualPort()));
        }
        Gatehouse.await(all);
        assertThat(closed).hasValue(0);
    }
}
