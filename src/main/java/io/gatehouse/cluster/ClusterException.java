package io.gatehouse.cluster;

import org.jspecify.annotations.Nullable;

/** Reports that this node cannot join the cluster. The message names the setting to change. */
public final class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClusterException(String message) {
        this(message, null);
    }

    ClusterException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
