package io.gatehouse.entity;

import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The {@code oauth2} plugin's configuration, read once per change (contract/oauth2.md §1).
 *
 * @param pluginId the plugin this belongs to
 * @param scopes what a client may ask for; null: scopes are not used
 * @param tokenExpiration seconds; 0: tokens never expire
 * @param anonymous id or username of the consumer that stands in when authentication fails
 * @param authHeaderName in lower case
 * @param refreshTokenTtl seconds until a token's row is deleted; 0: kept
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
        @Nullable String realm) {

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
                config.optionalString("realm"));
    }

    @Override
    public String toString() {
        return "OAuth2Config[plugin=" + pluginId + "]";
    }
}
