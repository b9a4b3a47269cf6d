package io.gatehouse.admin.http;

/** Signals that the client disconnected before its request was complete. No response can be sent. */
public final class ClientLeft extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ClientLeft() {
        super("the client disconnected before its request was complete", null, false, false);
    }
}
