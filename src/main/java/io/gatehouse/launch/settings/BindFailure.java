package io.gatehouse.launch.settings;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.ListenAddress;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;

/** Says in the operator's words why a listener could not be opened. */
public final class BindFailure {
    private BindFailure() {}

    /** A failure that names port, key and remedy; what is no failure to bind comes back as it is. */
    public static Throwable explain(Throwable failure, String key, ListenAddress address) {
        String reason = Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .filter(cause -> cause instanceof IOException && cause.getMessage() != null)
                .map(cause -> String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT))
                .findFirst()
                .orElse("");
        String set = "set " + key + " (" + Setting.environmentOf(key) + ")";
        // The JDK and the native transports word these differently, and only the words tell the cases apart.
        if (reason.contains("address already in use")) {
            return new LaunchException(
                    "port " + address.port() + " on " + address.host()
                            + " is already in use: stop the other process or " + set,
                    failure);
        }
        if (reason.contains("permission denied")) {
            return new LaunchException(
                    "port " + address.port() + " on " + address.host() + " needs rights this user does not have: " + set
                            + " to a port from 1024 up",
                    failure);
        }
        if (reason.contains("cannot assign requested address") || reason.contains("unresolved")) {
            return new LaunchException(address.host() + " is not an address of this machine: " + set, failure);
        }
        return failure;
    }
}
