package io.gatehouse.entity.plugin;

import io.gatehouse.schema.Field;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Declares the {@code redirect} plugin's configuration. */
final class RedirectPluginSchema {
    private static final int MAX_URL = 2_048;

    static final PluginSchema SCHEMA = new PluginSchema(
            "redirect",
            "0.1.0",
            779,
            List.of(
                    // Stricter than Kong: after a status of 1xx, clients wait for a final response (RFC 9110 §15.2).
                    Field.integer("status_code").required().between(200, 599).defaultTo(301L),
                    Field.string("location")
                            .required()
                            .lengthAtMost(MAX_URL)
                            .format("uri")
                            .check(RedirectPluginSchema::urlViolation),
                    Field.bool("keep_incoming_path").defaultTo(false)),
            List.of(),
            true);

    private RedirectPluginSchema() {}

    private static @Nullable Object urlViolation(Object location) {
        try {
            URI uri = new URI((String) location);
            boolean isHttp = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return uri.getRawAuthority() == null ? "missing host in url" : isHttp ? null : "expected an http(s) URL";
        } catch (URISyntaxException e) {
            return "missing host in url";
        }
    }
}
