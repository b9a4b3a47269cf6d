package io.gatehouse.proxy.client;

/** The client went away before its answer was complete: nobody's fault, and nobody is there to be told. */
public final class ClientLeft extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ClientLeft() {
        super("the client left", null, false, false);
    }
}
