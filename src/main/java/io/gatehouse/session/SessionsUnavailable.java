package io.gatehouse.session;

import org.jspecify.annotations.Nullable;

/** Signals that this node cannot read or write sessions now. It is expected, so it has no stack trace. */
public final class SessionsUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SessionsUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
