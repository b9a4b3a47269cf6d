package io.gatehouse.proxy.client;

import static io.gatehouse.proxy.client.ImpatientApi.GET;
import static io.gatehouse.proxy.client.ImpatientApi.TRICKLE_MILLIS;
import static io.gatehouse.proxy.client.ImpatientApi.readAnswer;
import static io.gatehouse.proxy.client.ImpatientApi.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Clients that send nothing for longer than the limit of docs/reference/limits.md#clients-of-the-proxy because they wait for the
 * upstream, and clients that send slowly but steadily: their connections stay open.
 */
class WaitingClientsTest {
    private static ImpatientApi api;

    @BeforeAll
    static void start() {
        api = new ImpatientApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @AfterEach
    void behave() {
        api.upstream.behave(Upstream::echo);
    }

    @Test
    void aClientThatWaitsForItsResponseIsNotIdle() throws IOException {
        Promise<HttpServerRequest> waiting = Promise.promise();
        api.upstream.behave(request -> {
            if (request.path().equals("/slow")) {
                waiting.complete(request);
            } else {
                request.response().end("ok");
            }
        });
        try (Socket socket = api.connect()) {
            write(socket, "POST /api/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
            HttpServerRequest arrived = Gatehouse.await(waiting.future());
            api.outlast();
            arrived.response().end("late");
            assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void anUploadThatTheUpstreamDoesNotReadDoesNotCountAgainstTheClient() throws Exception {
        Promise<HttpServerRequest> waiting = Promise.promise();
        api.upstream.behave(request -> {
            if (request.path().equals("/upload")) {
                request.pause();
                waiting.complete(request);
            } else {
                request.response().end("ok");
            }
        });
        byte[] block = new byte[1024 * 1024];
        int blocks = 64;
        AtomicBoolean sent = new AtomicBoolean();
        try (Socket socket = api.connect()) {
            write(
                    socket,
                    "POST /api/upload HTTP/1.1\r\nHost: a\r\nContent-Length: " + (long) blocks * block.length
                            + "\r\n\r\n");
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < blocks; i++) {
                        socket.getOutputStream().write(block);
                    }
                    sent.set(true);
                } catch (IOException e) {
                    // The assertion below says so.
                }
            });
            sender.start();
            HttpServerRequest arrived = Gatehouse.await(waiting.future());
            api.outlast();
            api.outlast();
            arrived.handler(data -> {});
            arrived.endHandler(end -> arrived.response().end("read"));
            arrived.resume();
            assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200");
            sender.join();
        }
        assertThat(sent).isTrue();
    }

    @Test
    void anIdleWebSocketStaysOpen() throws IOException {
        api.upstream.behave(request -> {
            if (request.path().equals("/ws")) {
                request.toWebSocket().onSuccess(socket -> socket.textMessageHandler(socket::writeTextMessage));
            } else {
                request.response().end("ok");
            }
        });
        Promise<String> echoed = Promise.promise();
        long before = api.proxy.counters().connectionsActive();
        WebSocket socket = Gatehouse.await(api.upstream
                .webSockets()
                .connect(new WebSocketConnectOptions()
                        .setHost("127.0.0.1")
                        .setPort(api.proxy.port())
                        .setURI("/api/ws")));
        socket.textMessageHandler(echoed::tryComplete);
        api.outlast();
        api.outlast();
        Gatehouse.await(socket.writeTextMessage("still there"));
        assertThat(Gatehouse.await(echoed.future())).isEqualTo("still there");
        Gatehouse.await(socket.close());
        await().until(() -> api.proxy.counters().connectionsActive() <= before
                && api.proxy.counters().requestsInFlight() == 0);
    }

    /** Every 20 ms it sends the bytes of 250 ms at the minimum rate, for longer than a client may send nothing. */
    @Test
    void aBodyThatArrivesSlowlyButSteadilyIsServed() throws IOException {
        Buffer collected = Buffer.buffer();
        AtomicBoolean ended = new AtomicBoolean();
        api.upstream.behave(request -> {
            if (request.path().equals("/steady")) {
                request.handler(collected::appendBuffer).endHandler(end -> {
                    ended.set(true);
                    request.response().end("all");
                });
            } else {
                request.response().end("ok");
            }
        });
        try (Socket socket = api.connect();
                Socket clock = api.connect()) {
            write(socket, "POST /api/steady HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            write(clock, GET);
            readAnswer(clock);
            clock.setSoTimeout(TRICKLE_MILLIS);
            for (boolean over = false; !over; ) {
                write(socket, "4000\r\n" + "x".repeat(0x4000) + "\r\n");
                try {
                    over = clock.getInputStream().read() < 0;
                } catch (SocketTimeoutException e) {
                    assertThat(ended).isFalse();
                }
            }
            write(socket, "0\r\n\r\n");
            assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200");
        }
        assertThat(collected.length()).isGreaterThan(3 * 0x4000);
    }
}
