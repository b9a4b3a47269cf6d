package io.gatehouse.entity.plugin.field;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.TextPattern;
import java.util.List;

/** Declares the fields of a cookie that the gateway sets. */
public final class CookieFields {
    private static final int MAX_NAME = 64;
    private static final int MAX_PATH = 1_024;
    /** RFC 6265 §4.1.1: a token. */
    private static final TextPattern NAME = TextPattern.of("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    private static final TextPattern PATH = TextPattern.of("/[!-+.-:<-~-]*");

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
}
