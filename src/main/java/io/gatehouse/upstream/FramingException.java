package io.gatehouse.upstream;

/** Reports a request body that is longer or shorter than its framing announces. It never counts against the upstream. */
public final class FramingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FramingException(String message) {
        super(message, null, false, false);
    }
}
