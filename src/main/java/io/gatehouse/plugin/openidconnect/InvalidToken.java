package io.gatehouse.plugin.openidconnect;

/** Signals that a token is invalid. Its message is a fixed text without any part of the token. */
final class InvalidToken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidToken(String message) {
        super(message, null, false, false);
    }
}
