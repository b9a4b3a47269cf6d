package io.gatehouse.proxy.client;

import static io.gatehouse.proxy.Http2Socket.END_HEADERS;
import static io.gatehouse.proxy.Http2Socket.END_STREAM;
import static io.gatehouse.proxy.Http2Socket.HEADERS;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.UnreadClient;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests responses without a body, which no window holds back, for a client that does not read them (docs/reference/limits.md). */
class UnreadResponsesTest {
    private static final int BLOCK = 500;
    private static final int CONCURRENT = 100;

    private static Gatehouse gatehouse;
    private static Upstream upstream;

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start();
        upstream = Upstream.start();
        gatehouse.createApi("api", "/api", upstream.port());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    private static byte[] heads(String path, int firstStream) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        byte[] block = Http2Socket.block(":method: HEAD", ":scheme: http", ":authority: a", ":path: " + path);
        for (int i = 0; i < BLOCK; i++) {
            frames.writeBytes(new byte[] {0, 0, (byte) block.length, HEADERS, END_STREAM | END_HEADERS});
            frames.writeBytes(Http2Socket.number(firstStream + 2 * i));
            frames.writeBytes(block);
        }
        return frames.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere", "/api/x"})
    void aClientThatReadsNothing_isDisconnectedOrNotReadFrom(String path) {
        AtomicInteger stream = new AtomicInteger(1);
        UnreadClient.assertIsDisconnectedOrNotReadFrom(
                gatehouse,
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII),
                () -> ByteBuffer.wrap(heads(path, stream.getAndAdd(2 * BLOCK))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere", "/api/x"})
    void aClientThatReads_receivesEveryResponse(String path) throws IOException {
        try (Http2Socket client = Http2Socket.open(gatehouse.node().port("proxy.http"))) {
            int stream = 1;
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < CONCURRENT; i++) {
                    client.headers(
                            stream, END_STREAM, ":method: HEAD", ":scheme: http", ":authority: a", ":path: " + path);
                    stream += 2;
                }
                client.send();
                for (int i = 0; i < CONCURRENT; i++) {
                    client.await(HEADERS);
                }
            }
        }
    }
}
