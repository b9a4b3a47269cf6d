package io.gatehouse.proxy.client;

import static io.gatehouse.proxy.Http2Socket.END_HEADERS;
import static io.gatehouse.proxy.Http2Socket.END_STREAM;
import static io.gatehouse.proxy.Http2Socket.HEADERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests responses without a body, which no window holds back, for a client that does not read them (docs/reference/limits.md). */
class UnreadResponsesTest {
    private static final int BLOCK = 500;
    private static final int CONCURRENT = 100;
    private static final int RECEIVE_BUFFER = 4 * 1024;
    /** More than the buffers of this machine and the gateway hold, and less than would fill the memory of the tests. */
    private static final long MOST_ACCEPTED = 32L * 1024 * 1024;

    private static final Duration STALLED = Duration.ofSeconds(5);

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
    void aClientThatReadsNothing_isDisconnectedOrNotReadFrom(String path) throws IOException {
        long accepted = 0;
        try (SocketChannel client = SocketChannel.open()) {
            client.socket().setReceiveBufferSize(RECEIVE_BUFFER);
            client.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.http")));
            client.write(ByteBuffer.wrap(
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII)));
            client.configureBlocking(false);
            int stream = 1;
            ByteBuffer block = ByteBuffer.wrap(heads(path, stream));
            long progress = System.nanoTime();
            while (System.nanoTime() - progress < STALLED.toNanos()) {
                int written = client.write(block);
                accepted += written;
                if (written > 0) {
                    progress = System.nanoTime();
                } else {
                    Thread.onSpinWait();
                }
                if (!block.hasRemaining()) {
                    stream += 2 * BLOCK;
                    block = ByteBuffer.wrap(heads(path, stream));
                }
                assertThat(accepted).as("bytes of requests that were accepted").isLessThan(MOST_ACCEPTED);
            }
        } catch (IOException disconnected) {
            assertThat(accepted).as("bytes before the end").isPositive();
        }
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
