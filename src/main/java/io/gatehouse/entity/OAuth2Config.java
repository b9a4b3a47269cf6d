package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds the {@code oauth2} plugin's configuration, read once per change (docs/reference/oauth2.md#configuration).
 *
 * @param pluginId id of the configured plugin
 * @param scopes the scopes that a client may request; null if scopes are not used
 * @param tokenExpiration seconds; 0 if tokens never expire
 * @param anonymous id or username of the Consumer of requests without valid credentials
 * @param authHeaderName in lower case
 * @param requiredScopes scopes that a token must all have
 * @param failedSecretsPerMinute wrong secrets that one address may send for one client; 0 for no limit
 * @param refreshTokenGrace seconds in which a repeated refresh token is not treated as a replay
 * @param refreshTokenTtl seconds until a token's row is deleted; 0 to keep it
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
        boolean revocation) {

    /** Determines which clients must use PKCE (RFC 7636). */
    public enum Pkce {
        /** Only clients that sent a challenge. */
        NONE,
        /** Public clients. */
        LAX,
        /** Every client. */
        STRICT
    }

    public static OAuth2Config of(Plugin plugin) {
        Document config = plugin.config();
        return new OAuth2Config(
                plugin.id(),
                config.get("scopes") == null ? null : Set.copyOf(config.strings("scopes")),
                config.flag("mandatory_scope"),
                config.string("provision_key"),
                config.integer("token_expiration"),
                config.flag("enable_authorization_code"),
                config.flag("enable_implicit_grant"),
                config.flag("enable_client_credentials"),
                config.flag("enable_password_grant"),
                config.flag("hide_credentials"),
                config.flag("accept_http_if_already_terminated"),
                config.optionalString("anonymous"),
                config.flag("global_credentials"),
                config.string("auth_header_name").toLowerCase(Locale.ROOT),
                config.integer("refresh_token_ttl"),
                config.flag("reuse_refresh_token"),
                Pkce.valueOf(config.string("pkce").toUpperCase(Locale.ROOT)),
                config.optionalString("realm"),
                config.strings("required_scopes"),
                (int) config.integer("failed_secrets_per_minute"),
                config.integer("refresh_token_grace"),
                config.flag("enable_introspection"),
                config.flag("enable_revocation"));
    }

    @Override
    public String toString() {
        return "OAuth2Config[plugin=" + pluginId + "]";
    }
}
