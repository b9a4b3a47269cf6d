package io.gatehouse.quota;

import org.jspecify.annotations.Nullable;

/** Signals that the store of the counters cannot be used now. It is expected, so it has no stack trace. */
public final class StoreUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreUnavailable(String reason, @Nullable Throwable cause) {
        super(reason, cause, false, false);
    }
}
