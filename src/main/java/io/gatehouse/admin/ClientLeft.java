package io.gatehouse.admin;

/** The client closed its connection before the body of its request was complete: there is nothing to reply to. */
final class ClientLeft extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClientLeft() {
        super("the client closed the connection within its request", null, false, false);
    }
}
