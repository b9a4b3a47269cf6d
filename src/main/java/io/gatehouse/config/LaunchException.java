package io.gatehouse.config;

/** Reports an expected failure of the start. Its message is one line for the operator and states how to correct it. */
public class LaunchException extends Exception {
    private static final long serialVersionUID = 1;

    public LaunchException(String message) {
        super(message);
    }

    public LaunchException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Returns the exit code of the process. */
    public int exitCode() {
        return 1;
    }
}
