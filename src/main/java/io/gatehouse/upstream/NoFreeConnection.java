package io.gatehouse.upstream;

import java.util.concurrent.TimeoutException;

/** Reports that every connection to an upstream was in use for as long as a request could wait. The upstream has not failed. */
public final class NoFreeConnection extends TimeoutException {
    private static final long serialVersionUID = 1L;

    private final boolean connecting;

    /** {@code connecting}: whether a connection was being made when the time was over. */
    public NoFreeConnection(String message, boolean connecting) {
        super(message);
        this.connecting = connecting;
    }

    /** Whether a connection was being made, which the upstream may not accept. Another one may serve the request. */
    public boolean isConnecting() {
        return connecting;
    }
}
