package io.gatehouse.plugin.keyauth;

import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.HeaderName;
import io.gatehouse.schema.Document;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the {@code key-auth} plugin's configuration, read once per change.
 *
 * @param keyNames names of headers, parameters and fields that can carry a key, in order of precedence
 * @param runOnPreflight whether OPTIONS requests need a key too
 */
record KeyAuthConfig(
        List<HeaderName> keyNames,
        boolean hideCredentials,
        @Nullable String anonymous,
        boolean keyInHeader,
        boolean keyInQuery,
        boolean keyInBody,
        boolean runOnPreflight,
        @Nullable String realm) {

    static KeyAuthConfig of(Plugin plugin) {
        Document config = plugin.config();
        return new KeyAuthConfig(
                config.strings("key_names").stream().map(HeaderName::of).toList(),
                config.flag("hide_credentials"),
                config.optionalString("anonymous"),
                config.flag("key_in_header"),
                config.flag("key_in_query"),
                config.flag("key_in_body"),
                config.flag("run_on_preflight"),
                config.optionalString("realm"));
    }
}
