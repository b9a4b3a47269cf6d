package io.gatehouse.proxy;

/** The client went away before its answer was complete: nobody's fault, and nobody is there to be told. */
final class ClientLeft extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClientLeft() {
        super("the client left", null, false, false);
    }
}
