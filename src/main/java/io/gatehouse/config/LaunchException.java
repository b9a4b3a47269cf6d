package io.gatehouse.config;

/** An expected failure of the start: its message is the one line an operator reads, and says what to do. */
public class LaunchException extends Exception {
    private static final long serialVersionUID = 1;

    public LaunchException(String message) {
        super(message);
    }

    public LaunchException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What the process exits with. */
    public int exitCode() {
        return 1;
    }
}
