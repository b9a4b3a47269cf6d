package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.client.ImpatientProxy;
import io.gatehouse.testing.Upstream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which memory {@link ReadBodies} counts. */
class ReadBodiesTest {
    private static final int PIECE_BYTES = 16 * 1024;

    private static final int LIMIT = 8 * 1024;
    /** Those of a body that needs a buffer of 1 KiB. */
    private static final int BODY_BYTES = 600;

    private static final int REQUESTS = 12;

    @ParameterizedTest
    @ValueSource(ints = {1, 64, 65, 4_096, PIECE_BYTES, PIECE_BYTES + 1, 60_000, 600_000, 1024 * 1024})
    void theMemoryIsTheCapacityOfTheBuffer(int bytes) {
        Buffer buffer = Buffer.buffer();
        while (buffer.length() < bytes) {
            buffer.appendBytes(new byte[Math.min(PIECE_BYTES, bytes - buffer.length())]);
        }
        assertThat(ReadBodies.memory(bytes))
                .isEqualTo(((BufferInternal) buffer).getByteBuf().unwrap().capacity());
    }

    @Test
    void nothingHasNoMemory() {
        assertThat(ReadBodies.memory(0)).isZero();
    }

    @Test
    void theUnusedPartOfABufferCounts() throws IOException {
        List<Socket> clients = new ArrayList<>();
        try (Upstream upstream = Upstream.start();
                ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.port(), LIMIT)) {
            String request = "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(BODY_BYTES);
            for (int i = 0; i < REQUESTS; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
                clients.add(client);
                client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            }

            await().until(() -> proxy.failures().size() >= REQUESTS - LIMIT / 1024);
            assertThat(proxy.failures()).hasSizeLessThan(REQUESTS).containsOnly("cors");
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }
}
