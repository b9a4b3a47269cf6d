package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which memory {@link ReadBodies} counts. */
class ReadBodiesTest {
    private static final int PIECE_BYTES = 16 * 1024;

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
}
