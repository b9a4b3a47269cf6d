package io.gatehouse.plugin;

import io.vertx.core.buffer.Buffer;
import java.util.function.UnaryOperator;

/**
 * Collects a body up to a limit and transforms it at its end.
 *
 * <p>A larger body fails with {@link Exchange.BodyTooLarge}. Passing it on unchanged would show the client what the plugin removes.
 */
public final class WholeBodyTransformation implements BodyTransformation {
    private final int limit;
    private final UnaryOperator<Buffer> transformation;
    private Buffer collected = Buffer.buffer();

    /** {@code limit} is in bytes. */
    public WholeBodyTransformation(int limit, UnaryOperator<Buffer> transformation) {
        this.limit = limit;
        this.transformation = transformation;
    }

    @Override
    public Buffer data(Buffer piece) {
        if (collected.length() + (long) piece.length() > limit) {
            throw new Exchange.BodyTooLarge();
        }
        collected.appendBuffer(piece);
        return Buffer.buffer();
    }

    @Override
    public int held() {
        return collected.length();
    }

    /** Frees what has been collected: a client may take the response slowly. */
    @Override
    public Buffer end() {
        Buffer whole = collected;
        collected = Buffer.buffer();
        return transformation.apply(whole);
    }

    @Override
    public void aborted() {
        collected = Buffer.buffer();
    }
}
