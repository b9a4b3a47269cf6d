package io.gatehouse.plugin.jwt;

import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.HeaderName;
import io.gatehouse.schema.Document;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the {@code jwt} plugin's configuration, read once per change.
 *
 * @param keyClaimName the claim or header field that identifies the credential
 * @param secretIsBase64 whether a shared secret is stored in Base64
 * @param maximumExpiration maximum remaining lifetime in seconds; 0 for no limit
 */
record JwtConfig(
        List<String> uriParamNames,
        List<String> cookieNames,
        List<HeaderName> headerNames,
        String keyClaimName,
        boolean secretIsBase64,
        List<String> claimsToVerify,
        @Nullable String anonymous,
        boolean runOnPreflight,
        double maximumExpiration,
        @Nullable String realm) {

    static JwtConfig of(Plugin plugin) {
        Document config = plugin.config();
        return new JwtConfig(
                config.strings("uri_param_names"),
                config.strings("cookie_names"),
                config.strings("header_names").stream().map(HeaderName::of).toList(),
                config.string("key_claim_name"),
                config.flag("secret_is_base64"),
                config.strings("claims_to_verify"),
                config.optionalString("anonymous"),
                config.flag("run_on_preflight"),
                config.number("maximum_expiration").doubleValue(),
                config.optionalString("realm"));
    }
}
