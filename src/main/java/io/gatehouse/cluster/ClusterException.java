package io.gatehouse.cluster;

import org.jspecify.annotations.Nullable;

/** This node cannot take part; the message says what an operator has to change. */
public final class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClusterException(String message) {
        this(message, null);
    }

    ClusterException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
