package io.gatehouse.launch.settings;

import io.gatehouse.config.LaunchException;

/** Reports an invalid configuration. The message names the key, and nothing was started. */
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
