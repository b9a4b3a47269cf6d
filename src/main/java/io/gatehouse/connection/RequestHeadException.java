package io.gatehouse.connection;

/** Reports a malformed head of an HTTP/1 request (RFC 9112 §3, §5, §6). It is expected, so it has no stack trace. */
public final class RequestHeadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean version;

    private RequestHeadException(String message, boolean version) {
        super(message, null, false, false);
        this.version = version;
    }

    static RequestHeadException malformed() {
        return new RequestHeadException("malformed request head", false);
    }

    static RequestHeadException unsupportedVersion() {
        return new RequestHeadException("unsupported HTTP version", true);
    }

    /** Whether the head is valid but of another major version of HTTP (RFC 9110 §15.6.6). */
    public boolean isVersion() {
        return version;
    }
}
