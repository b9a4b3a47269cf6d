package io.gatehouse.declarative;

/** Describes an invalid file or a change that the Admin API rejected, for the author of the file. */
public final class StateException extends Exception {
    private static final long serialVersionUID = 1L;

    public StateException(String message) {
        super(message, null, false, false);
    }
}
