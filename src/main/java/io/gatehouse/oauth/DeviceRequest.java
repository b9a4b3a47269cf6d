package io.gatehouse.oauth;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes what a device asks a resource owner for (RFC 8628 §3.1).
 *
 * @param clientId the application on the device
 * @param scope as requested; null: none
 * @param resource as requested; null: none
 */
public record DeviceRequest(
        UUID credentialId,
        String clientId,
        UUID pluginId,
        @Nullable String scope,
        @Nullable String resource) {
    /** Life of the codes in seconds. */
    public static final int LIFE_SECONDS = 600;

    /** Seconds between two polls of a device; a device that polls faster gets as many more each time (§3.5). */
    public static final int INTERVAL_SECONDS = 5;
}
