package io.gatehouse.syntax;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads references to secrets, such as <code>{vault://env/db-password}</code> and <code>{vault://prefix/db/password}</code>.
 *
 * @param vault the type of a vault, or the prefix of a configured one
 * @param name of the secret
 * @param member of the secret, if the secret is a JSON object
 */
public record VaultReference(
        String vault, String name, @Nullable String member) {
    private static final String BEGIN = "{vault://";
    private static final String END = "}";

    private static final Pattern FORM = Pattern.compile(
            "\\{vault://(?<vault>[A-Za-z0-9-]+)/(?<name>[A-Za-z0-9_.-]+)(?:/(?<member>[A-Za-z0-9_.-]+))?/?}");

    /** Returns whether a value is a reference, possibly a malformed one. */
    public static boolean isReference(@Nullable Object value) {
        return value instanceof String text && text.startsWith(BEGIN) && text.endsWith(END);
    }

    /** Returns the reference; empty if the text is not one or malformed. */
    public static Optional<VaultReference> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(
                        new VaultReference(matcher.group("vault"), matcher.group("name"), matcher.group("member")))
                : Optional.empty();
    }
}
