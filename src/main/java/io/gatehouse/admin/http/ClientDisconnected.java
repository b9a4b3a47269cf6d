package io.gatehouse.admin.http;

/** Signals that the client disconnected before its request was complete. No response can be sent. */
public final class ClientDisconnected extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ClientDisconnected() {
        super("the client disconnected before its request was complete", null, false, false);
    }
}
