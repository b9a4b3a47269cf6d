package io.gatehouse.issuer.grant;

import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A token request as a grant sees it.
 *
 * @param config of the plugin that took the request
 * @param serviceId the Service of the route
 * @param attempt {@link io.gatehouse.bus.OAuth2Request#attempt()}
 */
public record GrantRequest(
        OAuth2Config config,
        @Nullable UUID serviceId,
        @Nullable String attempt,
        Map<String, @Nullable Object> parameters) {

    /** What a proxy sent, with the configuration that counts. */
    public static GrantRequest of(OAuth2Config config, OAuth2Request request) {
        return new GrantRequest(config, request.serviceId(), request.attempt(), request.parameters());
    }

    /** The Service that what this request is given is bound to; null where the plugin's credentials are global. */
    public @Nullable UUID binding() {
        return config.globalCredentials() ? null : serviceId;
    }

    /** A parameter that is there and not blank (RFC 6749 §3.2: an empty one counts as omitted). */
    public @Nullable String text(String name) {
        return parameters.get(name) instanceof String text && !text.isBlank() ? text : null;
    }

    /**
     * The caller must be the resource owner's login backend, which alone knows the provision key.
     *
     * @throws OAuth2Exception {@code invalid_provision_key}
     */
    public void requireProvisionKey() {
        String provisionKey = text("provision_key");
        if (provisionKey == null || !HashedSecret.equal(provisionKey, config.provisionKey())) {
            throw OAuth2Error.INVALID_PROVISION_KEY.because("Invalid provision_key");
        }
    }

    /**
     * The resource owner the login backend names.
     *
     * @throws OAuth2Exception {@code invalid_authenticated_userid}
     */
    public String requireAuthenticatedUserId() {
        String userId = text("authenticated_userid");
        if (userId == null) {
            throw OAuth2Error.INVALID_AUTHENTICATED_USERID.because("Missing authenticated_userid parameter");
        }
        return userId;
    }

    @Override
    public String toString() {
        return "GrantRequest[plugin=" + config.pluginId() + "]";
    }
}
