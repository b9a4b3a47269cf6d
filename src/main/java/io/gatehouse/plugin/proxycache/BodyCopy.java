package io.gatehouse.plugin.proxycache;

import io.gatehouse.plugin.BodyTransformation;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes the body of a response on unchanged and keeps a copy, which {@code whole} receives at the end of the body. A larger body
 * than {@link #MAX_BYTES} is not kept, and the copy of an aborted one is dropped at once.
 */
final class BodyCopy implements BodyTransformation {
    /** Docs: docs/reference/limits.md#plugins. */
    static final int MAX_BYTES = 1024 * 1024;

    private final PendingBodies pending;
    private final int headBytes;
    private final Consumer<Buffer> whole;
    /** Null if the body is not kept. Only the event loop of the request sets it, except {@link #discard}. */
    private volatile @Nullable Buffer copy = Buffer.buffer();

    /** {@code headBytes} count with the body while it is received. */
    BodyCopy(PendingBodies pending, int headBytes, Consumer<Buffer> whole) {
        this.pending = pending;
        this.headBytes = headBytes;
        this.whole = whole;
    }

    @Override
    public Buffer data(Buffer piece) {
        Buffer kept = copy;
        if (kept == null) {
            return piece;
        }
        if (kept.length() + (long) piece.length() > MAX_BYTES) {
            aborted();
            return piece;
        }
        int more = piece.length() + (kept.length() == 0 ? headBytes : 0);
        kept.appendBuffer(piece);
        pending.add(this, more);
        return piece;
    }

    @Override
    public Buffer end() {
        Buffer kept = copy;
        pending.remove(this);
        if (kept != null) {
            whole.accept(Buffer.buffer(kept.getBytes()));
        }
        return Buffer.buffer();
    }

    @Override
    public void aborted() {
        discard();
        pending.remove(this);
    }

    @Override
    public boolean keepsBytes() {
        return true;
    }

    /** Drops the copy. */
    void discard() {
        copy = null;
    }
}
