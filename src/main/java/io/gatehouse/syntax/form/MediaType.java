package io.gatehouse.syntax.form;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Names the media type of a body (RFC 9110 §8.3.1).
 *
 * @param essence type and subtype in lower case, without parameters; empty if the request names none
 * @param parameters the unparsed parameters, each after its semicolon
 */
public record MediaType(String essence, String parameters) {
    public static final String FORM = "application/x-www-form-urlencoded";
    public static final String JSON = "application/json";
    public static final String MULTIPART = "multipart/form-data";

    /** Reads the value of {@code Content-Type}; null if the request has none. */
    public static MediaType of(@Nullable String contentType) {
        if (contentType == null) {
            return new MediaType("", "");
        }
        int semicolon = contentType.indexOf(';');
        int end = semicolon < 0 ? contentType.length() : semicolon;
        return new MediaType(contentType.substring(0, end).trim().toLowerCase(Locale.ROOT), contentType.substring(end));
    }

    /** Returns whether a body of this type can carry parameters. */
    public boolean hasParameters() {
        return essence.equals(FORM) || essence.equals(JSON) || essence.equals(MULTIPART);
    }

    /** Returns the values of the parameters by lower-case name; empty if they are malformed or a name is repeated. */
    public Optional<Map<String, String>> values() {
        return HeaderParameters.parse(parameters);
    }

    /** Returns the boundary of a multipart body (RFC 2046 §5.1.1); empty if it is missing or invalid. */
    Optional<String> boundary() {
        return values().map(parsed -> parsed.get("boundary")).filter(MediaType::isBoundary);
    }

    private static boolean isBoundary(String value) {
        return !value.isEmpty()
                && value.length() <= 70
                && !value.endsWith(" ")
                && value.chars().allMatch(c -> isLetterOrDigit(c) || "'()+_,-./:=? ".indexOf(c) >= 0);
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
