package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration of an {@code oauth2} plugin (docs/reference/oauth2.md#configuration).
 *
 * @param pluginId the plugin this belongs to
 * @param scopes the scopes that a client may request; null: scopes are not used
 * @param tokenExpiration seconds; 0: tokens do not expire
 * @param anonymous id or username of the Consumer that stands for requests without authentication
 * @param authHeaderName in lower case
 * @param requiredScopes the scopes that a token needs
 * @param failedSecretsPerMinute wrong secrets of one client, and wrong provision keys, from one network; 0: any number
 * @param refreshTokenGrace seconds in which a rotated refresh token may be presented again without a revocation
 * @param refreshTokenTtl seconds until a token's row is deleted; 0: kept
 * @param issuer the authorization server's identifier (RFC 8414 §2); null: derived from each request
 * @param authorizationEndpoint the page where resource owners log in, for the metadata; null: not published
 * @param introspectionClients the {@code client_id}s that may introspect tokens of other clients; {@code *}: all
 * @param clientAssertions whether clients may authenticate by assertions (RFC 7523); there is an issuer then
 * @param verificationUri the page where resource owners type the codes of devices (RFC 8628 §3.2); there is one with
 *     {@code deviceAuthorization}
 * @param exchangeClients the {@code client_id}s that may exchange tokens of other clients (RFC 8693); {@code *}: all
 * @param jwtAccessTokens whether access tokens are JWTs (RFC 9068); there is an issuer then, and they expire
 * @param pushedRequests whether clients may push authorization requests (RFC 9126)
 * @param dpop whether clients may bind tokens to a key (RFC 9449); there is an issuer then
 * @param mtls whether clients may authenticate, and bind tokens, by certificates (RFC 8705)
 * @param mtlsAuthorities ids of the CA certificates that issue certificates of clients
 * @param mtlsUrl the URL of {@code issuer} for clients with a certificate, for the metadata (RFC 8705 §5); null: not published
 * @param registration how clients may register themselves (RFC 7591); null: they may not
 */
public record OAuth2Config(
        UUID pluginId,
        @Nullable Set<String> scopes,
        boolean mandatoryScope,
        String provisionKey,
        long tokenExpiration,
        boolean authorizationCode,
        boolean implicitGrant,
        boolean clientCredentials,
        boolean passwordGrant,
        boolean hideCredentials,
        boolean acceptHttpIfAlreadyTerminated,
        @Nullable String anonymous,
        boolean globalCredentials,
        String authHeaderName,
        long refreshTokenTtl,
        boolean reuseRefreshToken,
        Pkce pkce,
        @Nullable String realm,
        List<String> requiredScopes,
        int failedSecretsPerMinute,
        long refreshTokenGrace,
        boolean introspection,
        boolean revocation,
        Conformance conformance,
        @Nullable String issuer,
        @Nullable String authorizationEndpoint,
        List<String> introspectionClients,
        boolean clientAssertions,
        boolean pushedRequests,
        boolean deviceAuthorization,
        @Nullable String verificationUri,
        boolean tokenExchange,
        List<String> exchangeClients,
        boolean jwtAccessTokens,
        boolean dpop,
        boolean mtls,
        List<UUID> mtlsAuthorities,
        @Nullable String mtlsUrl,
        @Nullable Registration registration) {

    /** Whose responses the plugin gives where Kong departs from the RFCs (docs/reference/oauth2.md#conformance). */
    public enum Conformance {
        KONG,
        RFC
    }

    /** Which clients need a code challenge (RFC 7636). */
    public enum Pkce {
        /** None. */
        NONE,
        /** Public clients. */
        LAX,
        /** Every client. */
        STRICT
    }

    /**
     * How clients may register themselves.
     *
     * @param token the initial access token (RFC 7591 §3)
     * @param consumer id or username of the Consumer that gets the applications
     * @param limit the most applications that exist at a time
     * @param perMinute the most registrations of a minute
     */
    public record Registration(String token, String consumer, int limit, int perMinute) {
        static @Nullable Registration of(Document config) {
            String token = config.optionalString("registration_token");
            String consumer = config.optionalString("registration_consumer");
            return config.flag("enable_client_registration") && token != null && consumer != null
                    ? new Registration(token, consumer, (int) config.integer("registration_limit"), (int)
                            config.integer("registrations_per_minute"))
                    : null;
        }

        @Override
        public String toString() {
            return "Registration[consumer=" + consumer + "]";
        }
    }

    public static OAuth2Config of(Plugin plugin) {
        Document config = plugin.config();
        return new OAuth2Config(
                plugin.id(),
                config.get("scopes") == null ? null : Set.copyOf(config.strings("scopes")),
                config.flag("mandatory_scope"),
                config.string("provision_key"),
                wholeSeconds(config, "token_expiration"),
                config.flag("enable_authorization_code"),
                config.flag("enable_implicit_grant"),
                config.flag("enable_client_credentials"),
                config.flag("enable_password_grant"),
                config.flag("hide_credentials"),
                config.flag("accept_http_if_already_terminated"),
                config.optionalString("anonymous"),
                config.flag("global_credentials"),
                config.string("auth_header_name").toLowerCase(Locale.ROOT),
                wholeSeconds(config, "refresh_token_ttl"),
                config.flag("reuse_refresh_token"),
                Pkce.valueOf(config.string("pkce").toUpperCase(Locale.ROOT)),
                config.optionalString("realm"),
                config.strings("required_scopes"),
                (int) config.integer("failed_secrets_per_minute"),
                config.integer("refresh_token_grace"),
                config.flag("enable_introspection"),
                config.flag("enable_revocation"),
                "rfc".equals(config.get("conformance")) ? Conformance.RFC : Conformance.KONG,
                config.optionalString("issuer"),
                config.optionalString("authorization_endpoint"),
                config.strings("introspection_clients"),
                config.flag("enable_client_assertions"),
                config.flag("enable_par"),
                config.flag("enable_device_authorization"),
                config.optionalString("verification_uri"),
                config.flag("enable_token_exchange"),
                config.strings("token_exchange_clients"),
                config.flag("enable_jwt_access_tokens"),
                config.flag("enable_dpop"),
                config.flag("enable_mtls"),
                config.strings("mtls_ca_certificates").stream()
                        .map(UUID::fromString)
                        .toList(),
                config.optionalString("mtls_url"),
                Registration.of(config));
    }

    /** Rounds a fraction up: a version before stored it, and 0 alone means "does not expire". */
    private static long wholeSeconds(Document config, String field) {
        return (long) Math.ceil(config.number(field).doubleValue());
    }

    public boolean isRfc() {
        return conformance == Conformance.RFC;
    }

    /** Whether clients send credentials and tokens in the header of the RFCs. */
    public boolean isAuthorizationRead() {
        return authHeaderName.equals("authorization");
    }

    @Override
    public String toString() {
        return "OAuth2Config[plugin=" + pluginId + "]";
    }
}
