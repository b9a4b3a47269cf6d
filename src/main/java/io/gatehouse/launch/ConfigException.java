package io.gatehouse.launch;

/** The configuration is wrong: nothing was started, and the message names the key. */
final class ConfigException extends LaunchException {
    private static final long serialVersionUID = 1;

    ConfigException(String message) {
        super(message);
    }

    ConfigException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    int exitCode() {
        return 2;
    }
}
