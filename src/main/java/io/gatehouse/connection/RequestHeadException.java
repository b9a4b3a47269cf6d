package io.gatehouse.connection;

/** A head that is no HTTP/1 request (RFC 9112 §3, §5, §6). Expected, so without a stack trace. */
public final class RequestHeadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final RequestHeadException MALFORMED = new RequestHeadException("malformed request head");
    static final RequestHeadException UNSUPPORTED_VERSION = new RequestHeadException("unsupported HTTP version");

    private RequestHeadException(String message) {
        super(message, null, false, false);
    }

    /** Whether the head is sound but of another major version of HTTP (RFC 9110 §15.6.6). */
    public boolean isVersion() {
        return this == UNSUPPORTED_VERSION;
    }
}
