package io.gatehouse.entity.plugin.field;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Field;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.Template;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Declares the lists of names and of {@code name:value} pairs that the transformers share. */
public final class TransformerFields {
    private static final String HOST = "host";

    /** Headers that frame or route a message. The gateway sets them. */
    private static final Set<String> TAKEN = Set.of(
            "connection",
            "content-length",
            "expect",
            HOST,
            "http2-settings",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private TransformerFields() {}

    /** Declares a list of names. */
    public static Field names(String name) {
        return Field.array(name, Field.element()).defaultTo(List.of());
    }

    public static Field headerNames(String name) {
        return Field.array(
                        name,
                        CommonFields.headerName(Field.element())
                                .matches(TransformerFields::isFree, TransformerFields::taken))
                .defaultTo(List.of());
    }

    /** Declares a list of pairs. */
    public static Field pairs(String name) {
        return Field.array(name, pair().check(pair -> pairViolation((String) pair)))
                .defaultTo(List.of());
    }

    public static Field headerPairs(String name) {
        return Field.array(name, CommonFields.headerText(pair()).check(pair -> headerViolation((String) pair)))
                .defaultTo(List.of());
    }

    /** Declares a list of pairs of old and new header names. */
    public static Field headerRenames(String name) {
        return Field.array(name, pair().check(pair -> renameViolation((String) pair)))
                .defaultTo(List.of());
    }

    /** Declares a list of pairs whose values may contain templates. */
    public static Field templatePairs(String name) {
        return Field.array(
                        name,
                        pair().check(pair -> pairViolation((String) pair))
                                .check(pair -> Template.violation((String) pair)))
                .defaultTo(List.of());
    }

    public static Field headerTemplatePairs(String name) {
        return Field.array(
                        name,
                        CommonFields.headerText(pair())
                                .check(pair -> headerViolation((String) pair))
                                .check(pair -> Template.violation((String) pair)))
                .defaultTo(List.of());
    }

    /** Declares a list of pairs of headers, which may contain the host of the upstream request. */
    public static Field headerAndHostPairs(String name) {
        return Field.array(
                        name,
                        CommonFields.headerText(pair())
                                .check(pair -> headerOrHostViolation((String) pair))
                                .check(pair -> Template.violation((String) pair)))
                .defaultTo(List.of());
    }

    private static Field pair() {
        return Field.element().format("pair");
    }

    private static @Nullable String pairViolation(String pair) {
        int colon = pair.indexOf(':');
        if (colon == 0) {
            return "invalid value: " + pair;
        }
        return colon < 0 || colon == pair.length() - 1
                ? "key '" + (colon < 0 ? pair : pair.substring(0, colon)) + "' has no value"
                : null;
    }

    private static @Nullable String headerViolation(String pair) {
        String violation = pairViolation(pair);
        return violation == null ? nameViolation(pair.substring(0, pair.indexOf(':'))) : violation;
    }

    private static @Nullable String headerOrHostViolation(String pair) {
        String violation = pairViolation(pair);
        int colon = pair.indexOf(':');
        if (violation != null || !pair.substring(0, colon).equalsIgnoreCase(HOST)) {
            return headerViolation(pair);
        }
        String host = pair.substring(colon + 1);
        return host.contains("$(") || Authority.parse(host) != null ? null : "invalid value: " + host;
    }

    private static @Nullable String renameViolation(String pair) {
        String violation = headerViolation(pair);
        return violation == null ? nameViolation(pair.substring(pair.indexOf(':') + 1)) : violation;
    }

    private static @Nullable String nameViolation(String name) {
        boolean isName = !name.isEmpty()
                && name.chars().allMatch(c -> (c < 128 && Character.isLetterOrDigit(c)) || c == '-' || c == '_');
        if (!isName) {
            return "'" + name + "' is not a valid header";
        }
        return isFree(name) ? null : taken(name);
    }

    private static boolean isFree(String name) {
        return !TAKEN.contains(name.toLowerCase(Locale.ROOT));
    }

    private static String taken(String name) {
        return "header '" + name + "' cannot be changed";
    }
}
