package io.gatehouse.launch.settings;

import io.gatehouse.config.LaunchException;

/** The configuration is wrong: nothing was started, and the message names the key. */
public final class ConfigException extends LaunchException {
    private static final long serialVersionUID = 1;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 2;
    }
}
