package io.gatehouse.issuer.grant;

import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.credential.Confirmation;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.DpopProfile;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.oauth.PresentedCertificate;
import io.gatehouse.oauth.ProvenKey;
import io.gatehouse.schema.CommonFields;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request to one of the plugin's endpoints, with the configuration of the plugin that it came through.
 *
 * @param message as the proxy sent it
 * @param confirmation the keys that what it grants is bound to; null: none
 */
public record IssuerRequest(
        OAuth2Config config,
        OAuth2Request message,
        @Nullable Confirmation confirmation) {
    /** An attempt that is older, or in the future by more, has a time of a wrong clock. */
    private static final long MAX_ATTEMPT_SECONDS = 300;

    /** A request whose client is not authenticated yet: what it grants is bound to the key of its DPoP proof, if it has one. */
    public IssuerRequest(OAuth2Config config, OAuth2Request message) {
        this(config, message, keyOf(message));
    }

    private static @Nullable Confirmation keyOf(OAuth2Request message) {
        ProvenKey key = message.provenKey();
        return key == null ? null : new Confirmation(key.thumbprint(), null);
    }

    public boolean isRfc() {
        return config.isRfc();
    }

    public Map<String, @Nullable Object> parameters() {
        return message.parameters();
    }

    /** The same request with other parameters. */
    public IssuerRequest withParameters(Map<String, @Nullable Object> parameters) {
        return new IssuerRequest(config, message.withParameters(parameters), confirmation);
    }

    /** A parameter that is present and not blank (RFC 6749 §3.2: an empty one counts as omitted). */
    public @Nullable String text(String name) {
        return parameters().get(name) instanceof String text && !text.isBlank() ? text : null;
    }

    /** The Service that tokens of this request are bound to; null if the plugin's credentials are global. */
    private @Nullable UUID serviceId() {
        return config.globalCredentials() ? null : message.serviceId();
    }

    /** The access that this request grants; it has shown the provision key if there is a resource owner. */
    GrantedAccess access(@Nullable String userId, @Nullable String scope, @Nullable UUID family) {
        String resource = RequestedResource.of(this, userId != null);
        return new GrantedAccess(serviceId(), userId, scope, resource, family, confirmation);
    }

    /** The access that a code of this request is for, in a new family. */
    public GrantedAccess accessOfCode(@Nullable String userId, @Nullable String scope) {
        return access(userId, scope, UUID.randomUUID()).boundTo(RequestedKey.ofCode(this));
    }

    /** The same request of a client whose tokens are bound to this certificate, too. */
    public IssuerRequest boundTo(String certificateThumbprint) {
        String key = confirmation == null ? null : confirmation.keyThumbprint();
        return new IssuerRequest(config, message, new Confirmation(key, certificateThumbprint));
    }

    /** The digest of the certificate that the client has presented; null if it has none. */
    public @Nullable String certificateThumbprint() {
        PresentedCertificate certificate = message.certificate();
        return certificate == null ? null : certificate.thumbprint();
    }

    /** The {@code token_type} of an access token that is bound to these keys (RFC 9449 §5); null: to none. */
    public String tokenType(@Nullable Confirmation keys) {
        return keys == null || keys.keyThumbprint() == null
                ? Departure.TOKEN_TYPE.choose(isRfc(), "bearer", "Bearer")
                : DpopProfile.SCHEME;
    }

    /** Identifies this request, also when the proxy repeats it at another issuer. */
    public CredentialDigest attemptDigest() {
        return Attempt.of(this).digest();
    }

    /**
     * The time at which a token of this request is issued, in seconds since the epoch: that of the attempt, so that each issuer that gets
     * the request issues the same one.
     *
     * @param now by PostgreSQL's clock
     */
    long issuedAt(long now) {
        Long attempted = message.attemptedAt();
        return attempted != null && Math.abs(now - attempted) <= MAX_ATTEMPT_SECONDS ? attempted : now;
    }

    /** Whether access is of this route's Service, or global like the plugin (a redemption never widens it). */
    boolean covers(GrantedAccess access) {
        return access.serviceId() == null
                ? config.globalCredentials()
                : access.serviceId().equals(message.serviceId());
    }

    /**
     * The resource owner whom the login backend names.
     *
     * @throws OAuth2Exception {@code invalid_authenticated_userid}
     */
    public String requireUserId() {
        String userId = userId();
        if (userId == null) {
            throw OAuth2Error.INVALID_AUTHENTICATED_USERID.because("Missing authenticated_userid parameter");
        }
        return userId;
    }

    /**
     * The resource owner, if the request names one.
     *
     * @throws OAuth2Exception {@code invalid_authenticated_userid} if the name cannot be stored
     */
    @Nullable
    String userId() {
        String userId = text("authenticated_userid");
        if (userId != null && userId.getBytes(StandardCharsets.UTF_8).length > CommonFields.MAX_USER_ID_BYTES) {
            throw OAuth2Error.INVALID_AUTHENTICATED_USERID.because(
                    "authenticated_userid must not be longer than " + CommonFields.MAX_USER_ID_BYTES + " bytes");
        }
        return userId;
    }

    /** The members with the request's {@code state} (RFC 6749 §4.1.2; Kong repeats it in every response). */
    public Map<String, Object> withState(Map<String, Object> members) {
        Object state = parameters().get("state");
        if (state == null) {
            return members;
        }
        Map<String, Object> all = new LinkedHashMap<>(members);
        all.put("state", state);
        return all;
    }

    @Override
    public String toString() {
        return "IssuerRequest[" + message + "]";
    }
}
