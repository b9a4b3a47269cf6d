package io.gatehouse.proxy;

/** The client did not keep {@code proxy.min-rate} while the gateway waited for it. */
final class ClientTooSlow extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClientTooSlow() {
        super("the client moved too few bytes", null, false, false);
    }
}
