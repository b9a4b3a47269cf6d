package io.gatehouse.proxy.client;

/** Reports that the client did not keep {@code proxy.min-rate} while the gateway waited for it. */
public final class ClientTooSlow extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ClientTooSlow() {
        super("the client moved too few bytes", null, false, false);
    }
}
