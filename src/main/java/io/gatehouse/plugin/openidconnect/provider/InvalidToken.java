package io.gatehouse.plugin.openidconnect.provider;

/** Signals that a token is invalid. Its message is a fixed text without any part of the token. */
public final class InvalidToken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidToken(String message) {
        super(message, null, false, false);
    }
}
