package io.gatehouse.launch;

/** An expected failure of the start: its message is the one line an operator reads, and says what to do. */
public class LaunchException extends Exception {
    private static final long serialVersionUID = 1;

    LaunchException(String message) {
        super(message);
    }

    LaunchException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What the process exits with. */
    int exitCode() {
        return 1;
    }
}
