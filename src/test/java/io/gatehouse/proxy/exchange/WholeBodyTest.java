package io.gatehouse.proxy.exchange;

import static org.awaitility.Awaitility.await;

import io.gatehouse.syntax.Framing;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.TestTransport;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests {@link WholeBody} with a client that leaves while a plugin waits for something else. */
class WholeBodyTest {
    private static final int LIMIT = 1024;
    private static final String HALF = "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\n1";

    private final Vertx vertx = TestTransport.vertx();

    @AfterEach
    void stop() {
        Gatehouse.await(vertx.close());
    }

    @Test
    void aBodyIsNotCollectedAfterItsResponseHasEnded() throws IOException {
        Promise<Buffer> read = Promise.promise();
        HttpServer server = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(request -> {
                    request.pause();
                    WholeBody body = new WholeBody(request, Framing.ofLength(2));
                    body.within(new ReadBodies(LIMIT, "Request bodies"));
                    request.connection().closeHandler(left -> {
                        body.end();
                        body.read(LIMIT).onComplete(read);
                    });
                })
                .listen(0, "127.0.0.1"));

        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
            client.getOutputStream().write(HALF.getBytes(StandardCharsets.US_ASCII));
        }

        await().until(read.future()::failed);
    }
}
