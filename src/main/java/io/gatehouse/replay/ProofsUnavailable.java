package io.gatehouse.replay;

import org.jspecify.annotations.Nullable;

/** Signals that this node cannot use proofs now. It is expected, so it has no stack trace. */
public final class ProofsUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ProofsUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
