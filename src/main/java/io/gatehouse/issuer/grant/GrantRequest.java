package io.gatehouse.issuer.grant;

import io.gatehouse.entity.OAuth2Config;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A token request as a grant sees it.
 *
 * @param config of the plugin that took the request
 * @param serviceId the Service of the route
 */
public record GrantRequest(OAuth2Config config, @Nullable UUID serviceId, Map<String, @Nullable Object> parameters) {

    /** A parameter that is there and not blank (RFC 6749 §3.2: an empty one counts as omitted). */
    public @Nullable String text(String name) {
        return parameters.get(name) instanceof String text && !text.isBlank() ? text : null;
    }
}
