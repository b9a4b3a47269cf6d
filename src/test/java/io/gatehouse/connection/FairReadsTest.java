package io.gatehouse.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests how much of a body waits in the memory of its connection while nothing takes it. */
class FairReadsTest {
    private static final int BODY = 512 * 1024;
    private static final int SMALL = 256;
    /** As many as wait before Vert.x stops reading. */
    private static final int WAITING = 16;

    private final CompletableFuture<HttpServerRequest> arrived = new CompletableFuture<>();
    private final List<Integer> pieces = new CopyOnWriteArrayList<>();
    private Vertx vertx;
    private int port;

    @BeforeEach
    void start() {
        vertx = Vertx.builder().withTransport(StrictTransport.of(Transport.NIO)).build();
        port = Gatehouse.await(vertx.createHttpServer()
                        .requestHandler(request -> {
                            request.pause();
                            FairReads.hold(request, true);
                            request.handler(piece -> pieces.add(piece.length()));
                            arrived.complete(request);
                        })
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    @AfterEach
    void stop() {
        Gatehouse.await(vertx.close());
    }

    @Test
    void aBodyThatNothingTakes_isReadInSmallPiecesUntilSomethingDoes() throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + BODY + "\r\n\r\n";
            client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().flush();
            HttpServerRequest request = arrived.join();
            // Beside this thread: the system's buffers need not take all of it.
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(client));

            request.fetch(WAITING);
            await().until(() -> pieces.size() == WAITING);
            assertThat(pieces).allMatch(length -> length <= SMALL);

            FairReads.hold(request, false);
            request.resume();
            await().until(() -> pieces.stream().mapToInt(Integer::intValue).sum() == BODY);
            assertThat(pieces).anyMatch(length -> length > SMALL);
            sent.join();
        }
    }

    private static void send(Socket client) {
        try {
            client.getOutputStream().write(new byte[BODY]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
