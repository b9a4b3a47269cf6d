package io.gatehouse.upstream;

/** A request body that is longer or shorter than its framing announced: never the upstream's doing. */
public final class FramingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FramingException(String message) {
        super(message, null, false, false);
    }
}
