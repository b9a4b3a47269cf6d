package io.gatehouse.declarative;

/** What is wrong with a state file, or what the Admin API refused, in words for whoever wrote the file. */
public final class StateException extends Exception {
    private static final long serialVersionUID = 1L;

    public StateException(String message) {
        super(message, null, false, false);
    }
}
