package io.gatehouse.upstream;

import io.gatehouse.syntax.Framing;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the body of one request agrees with its framing.
 *
 * <p><i>Invariant</i>: the piece that completes an announced length is not written before the end of the stream. Until then an
 * HTTP/2 client may send more, which makes the request malformed (RFC 9113 §8.1.1), and the upstream would already have it whole.
 */
final class BodyMeter {
    private @Nullable Framing framing;
    private long written;
    private @Nullable Buffer last;

    void begin(Framing newFraming) {
        if (framing != null) {
            throw new IllegalStateException("a request is framed once");
        }
        if (newFraming.kind() == Framing.Kind.UNTIL_CLOSE) {
            throw new IllegalArgumentException("no request ends with its connection");
        }
        framing = newFraming;
    }

    /** Counts a piece. Returns null, or the reason not to write it. */
    @Nullable
    FramingException piece(int bytes) {
        written += bytes;
        return written > limit()
                ? new FramingException("the body exceeds its framing by " + (written - limit()))
                : null;
    }

    /** Keeps a counted piece if it has to wait for the end. */
    boolean keep(Buffer piece) {
        if (written < limit()) {
            return false;
        }
        // Only empty pieces may come after it.
        last = last == null ? piece : last;
        return true;
    }

    /** Returns the piece that waits for the end; null if none does. */
    @Nullable
    Buffer last() {
        return last;
    }

    /** Returns null, or the reason why the body must not end here. */
    @Nullable
    FramingException end() {
        Framing announced = begun();
        return announced.kind() != Framing.Kind.CHUNKED && written != announced.length()
                ? new FramingException("the body lacks " + (announced.length() - written) + " bytes of its framing")
                : null;
    }

    private long limit() {
        return begun().announcedLength();
    }

    private Framing begun() {
        if (framing == null) {
            throw new IllegalStateException("a body before its framing");
        }
        return framing;
    }
}
