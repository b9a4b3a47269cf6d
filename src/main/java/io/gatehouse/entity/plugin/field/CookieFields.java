package io.gatehouse.entity.plugin.field;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.TextPattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Declares the fields of a cookie that the gateway sets. */
public final class CookieFields {
    private static final int MAX_NAME = 64;
    private static final int MAX_PATH = 1_024;
    /** RFC 6265 §4.1.1: a token. */
    private static final TextPattern NAME = TextPattern.of("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    private static final TextPattern PATH = TextPattern.of("/[!-+.-:<-~-]*");
    private static final String HOST_PREFIX = "__Host-";
    private static final List<String> PREFIXES = List.of(HOST_PREFIX, "__Secure-");

    private CookieFields() {}

    /** Returns the fields of a prefix, such as {@code session_cookie}, with the usual name and {@code SameSite}. */
    public static List<Field> of(String prefix, String usualName, String sameSite, Field secure) {
        return List.of(
                name(prefix + "_name", usualName),
                Field.string(prefix + "_path")
                        .required()
                        .lengthAtMost(MAX_PATH)
                        .pattern(PATH, value -> "invalid path of a cookie")
                        .defaultTo("/"),
                CommonFields.host(prefix + "_domain"),
                Field.bool(prefix + "_http_only").defaultTo(true),
                Field.string(prefix + "_same_site")
                        .required()
                        .oneOf("Strict", "Lax", "None", "Default")
                        .defaultTo(sameSite),
                secure);
    }

    /** Declares the name of a cookie. */
    public static Field name(String field, String usual) {
        return Field.string(field)
                .required()
                .lengthAtMost(MAX_NAME)
                .pattern(NAME, value -> "invalid name of a cookie")
                .defaultTo(usual);
    }

    /** Returns whether browsers refuse a cookie without {@code Secure} (draft-ietf-httpbis-rfc6265bis §5.7). */
    public static boolean needsSecure(String name, String sameSite) {
        return prefix(name) != null || sameSite.equals("None");
    }

    /**
     * Returns why browsers refuse a cookie (draft-ietf-httpbis-rfc6265bis §5.7); null if they accept it.
     *
     * @param prefix of the fields, such as {@code session_cookie}
     * @param nameField the field with the name. Several cookies can share the other fields
     */
    public static @Nullable String violation(Document config, String prefix, String nameField) {
        String name = config.string(nameField);
        String namePrefix = prefix(name);
        boolean isOfHost = config.string(prefix + "_path").equals("/") && config.get(prefix + "_domain") == null;
        if (HOST_PREFIX.equals(namePrefix) && !isOfHost) {
            return "the prefix __Host- of " + nameField + " needs " + prefix + "_path / and no " + prefix + "_domain";
        }
        boolean isRefused = Boolean.FALSE.equals(config.get(prefix + "_secure"))
                && needsSecure(name, config.string(prefix + "_same_site"));
        if (!isRefused) {
            return null;
        }
        String reason =
                namePrefix == null ? prefix + "_same_site None" : "the prefix " + namePrefix + " of " + nameField;
        return reason + " does not permit " + prefix + "_secure false";
    }

    /** Browsers compare without regard to case. */
    private static @Nullable String prefix(String name) {
        return PREFIXES.stream()
                .filter(prefix -> name.regionMatches(true, 0, prefix, 0, prefix.length()))
                .findFirst()
                .orElse(null);
    }
}
