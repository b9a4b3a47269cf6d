package io.gatehouse.upstream;

import io.gatehouse.syntax.Framing;
import org.jspecify.annotations.Nullable;

/** Checks that the body of one request agrees with its framing. */
final class BodyMeter {
    private @Nullable Framing framing;
    private long written;

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
