package io.gatehouse.upstream;

import java.util.concurrent.TimeoutException;

/** Reports that every connection to an upstream was in use for as long as a request could wait. The upstream has not failed. */
public final class NoFreeConnection extends TimeoutException {
    private static final long serialVersionUID = 1L;

    public NoFreeConnection(String message) {
        super(message);
    }
}
