package io.gatehouse.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that a collected body is held no longer than necessary. */
class WholeBodyTransformationTest {
    private static final Buffer PIECE = Buffer.buffer("1234");

    private final BodyTransformation transformation =
            BodyTransformation.joined(List.of(new Streaming(), new WholeBodyTransformation(10, body -> body)));

    /** Passes each piece on. */
    private static final class Streaming implements BodyTransformation {
        @Override
        public Buffer data(Buffer piece) {
            return piece;
        }

        @Override
        public Buffer end() {
            return Buffer.buffer();
        }
    }

    @Test
    void theBodyIsHeldUntilItsEnd() {
        transformation.data(PIECE);
        transformation.data(PIECE);
        assertThat(transformation.held()).isEqualTo(8);

        assertThat(transformation.end()).hasToString("12341234");
        assertThat(transformation.held()).isZero();
    }

    @Test
    void anAbortedBodyIsNotHeld() {
        transformation.data(PIECE);
        transformation.aborted();
        assertThat(transformation.held()).isZero();
    }
}
