package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An upstream that closes its connection right after its response, and clients that read slowly: every byte sent arrives, and a truncated
 * response never looks complete (docs/reference/proxy.md#responses).
 */
class ClosingUpstreamTest {
    private static final int STEP = 8 * 1024;
    private static final int SIZES = 64;

    private static Upstream upstream;
    private static Gatehouse gatehouse;
    private HttpClient client;

    /** How many bytes less than announced the upstream sends. */
    private static volatile int missing;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        Vertx vertx = upstream.vertx();
        NetServer closing = Gatehouse.await(vertx.createNetServer()
                .connectHandler(ClosingUpstreamTest::respondAndClose)
                .listen(0, "127.0.0.1"));
        gatehouse = Gatehouse.start();
        gatehouse.createApi("closing", "/closing", closing.actualPort());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    /** A new one for every test: a connection with many aborted streams is closed as an attack. */
    @BeforeEach
    void connect() {
        client = upstream.vertx()
                .createHttpClient(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false)
                        // The window of a stream is what holds an answer up, not what the others left of their
                        // connection's.
                        .setHttp2ConnectionWindowSize(64 << 20));
    }

    @AfterEach
    void disconnect() {
        Gatehouse.await(client.close());
    }

    private enum Framing {
        LENGTH,
        CHUNKED,
        /** The end of the connection ends the response. */
        NONE
    }

    private static volatile Framing framing = Framing.LENGTH;

    /** Responds with as many bytes as the path names. */
    private static void respondAndClose(NetSocket socket) {
        Buffer request = Buffer.buffer();
        socket.handler(bytes -> {
            request.appendBuffer(bytes);
            String head = request.toString();
            if (!head.contains("\r\n\r\n")) {
                return;
            }
            int size = Integer.parseInt(head.substring(head.indexOf('/') + 1, head.indexOf(" HTTP/1.1")));
            Buffer body = Buffer.buffer(new byte[size - missing]);
            Buffer answer = Buffer.buffer("HTTP/1.1 200 OK\r\nConnection: close\r\n");
            switch (framing) {
                case LENGTH ->
                    answer.appendString("Content-Length: " + size + "\r\n\r\n").appendBuffer(body);
                case CHUNKED ->
                    answer.appendString("Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(size) + "\r\n")
                            .appendBuffer(body)
                            .appendString(missing == 0 ? "\r\n0\r\n\r\n" : "");
                default -> answer.appendString("\r\n").appendBuffer(body);
            }
            socket.write(answer).onComplete(written -> socket.close());
        });
    }

    /** A response of which nothing has been read. */
    private record Held(int size, HttpClientResponse response, Promise<Integer> received) {
        static Held of(int size, HttpClientResponse response) {
            Promise<Integer> received = Promise.promise();
            AtomicInteger got = new AtomicInteger();
            response.pause();
            response.handler(data -> got.addAndGet(data.length()));
            response.endHandler(end -> received.tryComplete(got.get()));
            response.exceptionHandler(received::tryFail);
            return new Held(size, response, received);
        }

        /** How many bytes came until it ended. */
        Future<Integer> read() {
            response.resume();
            return received.future();
        }
    }

    /** Of every size up to some hundred KiB, so that whatever buffers there are end within one. */
    private List<Held> ask() {
        List<Held> all = new ArrayList<>();
        for (int i = 1; i <= SIZES; i++) {
            int size = i * STEP;
            all.add(Gatehouse.await(client.request(
                            HttpMethod.GET, gatehouse.node().port("proxy.http"), "127.0.0.1", "/closing/" + size)
                    .compose(request -> request.send().map(response -> Held.of(size, response)))));
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void aSlowReaderReceivesTheWholeResponse(Framing how) {
        framing = how;
        missing = 0;
        for (Held held : ask()) {
            assertThat(Gatehouse.await(held.read())).isEqualTo(held.size());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LENGTH", "CHUNKED"})
    void aTruncatedResponseDoesNotLookCompleteToASlowReader(Framing how) {
        framing = how;
        missing = 1;
        for (Held held : ask()) {
            Throwable failure = Gatehouse.await(held.read()
                    .map(got -> (Throwable) new AssertionError("ended"))
                    .otherwise(cause -> cause));
            assertThat(failure).isInstanceOf(StreamResetException.class);
        }
    }
}
