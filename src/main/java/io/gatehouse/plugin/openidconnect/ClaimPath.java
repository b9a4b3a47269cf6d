package io.gatehouse.plugin.openidconnect;

import io.gatehouse.schema.Document;
import io.gatehouse.syntax.Text;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds a claim.
 *
 * @param names from the outermost object to the claim; empty if there is no claim
 */
record ClaimPath(List<String> names) {
    /** Characters of a Consumer's name (docs/reference/limits.md#plugins). A subject has 255 (OpenID Connect Core 1.0 §2). */
    private static final int MAX_IDENTIFIER = 512;

    static ClaimPath of(Document config, String field) {
        return new ClaimPath(config.strings(field));
    }

    /** Returns the value; null if there is none. */
    @Nullable
    Object value(Map<String, Object> claims) {
        Object value = names.isEmpty() ? null : claims;
        for (String name : names) {
            value = value instanceof Map<?, ?> object ? object.get(name) : null;
        }
        return value;
    }

    /** Returns a text or a whole number that can identify a caller; null if the claim is absent, blank, too long, or something else. */
    @Nullable
    String identifier(Map<String, Object> claims) {
        Object value = value(claims);
        if (!(value instanceof String || value instanceof Long || value instanceof Integer)) {
            return null;
        }
        String text = value.toString();
        boolean isUsable =
                !text.isBlank() && text.codePointCount(0, text.length()) <= MAX_IDENTIFIER && Text.isPlain(text);
        return isUsable ? text : null;
    }
}
