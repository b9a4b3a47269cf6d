package io.gatehouse.admin.http;

/** The client closed its connection before the body of its request was complete: there is nothing to reply to. */
public final class ClientLeft extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ClientLeft() {
        super("the client closed the connection within its request", null, false, false);
    }
}
