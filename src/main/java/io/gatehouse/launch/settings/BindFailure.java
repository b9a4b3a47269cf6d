package io.gatehouse.launch.settings;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.ListenAddress;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;

/** Explains to the operator why a listener could not be opened. */
public final class BindFailure {
    private BindFailure() {}

    /** Returns a failure that names port, key and remedy. Returns another kind of failure unchanged. */
    public static Throwable explain(Throwable failure, String key, ListenAddress address) {
        String reason = Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .filter(cause -> cause instanceof IOException && cause.getMessage() != null)
                .map(cause -> String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT))
                .findFirst()
                .orElse("");
        String set = "set " + key + " (" + Setting.environmentOf(key) + ")";
        // The JDK and the native transports throw the same class for all cases; only the messages differ.
        if (reason.contains("address already in use")) {
            return new LaunchException(
                    "port " + address.port() + " on " + address.host()
                            + " is already in use: stop the other process or " + set,
                    failure);
        }
        if (reason.contains("permission denied")) {
            return new LaunchException(
                    "port " + address.port() + " on " + address.host()
                            + " needs privileges that this user does not have: " + set + " to a port from 1024 up",
                    failure);
        }
        if (reason.contains("cannot assign requested address") || reason.contains("unresolved")) {
            return new LaunchException(address.host() + " is not an address of this machine: " + set, failure);
        }
        return failure;
    }
}
