package io.gatehouse.proxy.client;

/** Reports that the client closed its connection or stream before its response was complete. It causes no response and no warning. */
public final class ClientLeft extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ClientLeft() {
        super("the client left", null, false, false);
    }
}
