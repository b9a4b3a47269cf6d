package io.gatehouse.schema;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Checks the forms of text that several schemas use. */
public final class Texts {
    private static final Predicate<String> UUID_FORM = Pattern.compile(
                    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", Pattern.CASE_INSENSITIVE)
            .asMatchPredicate();

    private Texts() {}

    /** The violation of {@link #isStorable}. */
    static final String UNSTORABLE = "must not contain NUL or unpaired surrogate characters";

    /** Returns whether PostgreSQL can store text: no NUL and no unpaired surrogate. */
    static boolean isStorable(String text) {
        // A pair counts as one code point beyond the surrogates.
        return text.codePoints()
                .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }

    /** Returns the number of characters of a string, or of elements of a list. */
    static int size(Object value) {
        return value instanceof String text ? text.length() : ((List<?>) value).size();
    }

    static boolean isUuid(String text) {
        return UUID_FORM.test(text);
    }

    /** Returns whether text is a name: ASCII letters and digits, {@code . - _ ~}, and anything beyond ASCII. */
    static boolean isName(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > 127 ? !Character.isISOControl(c) : isUnreserved(c));
    }

    private static boolean isUnreserved(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '-'
                || c == '_'
                || c == '~';
    }

    /** Returns whether text is a tag: printable, without the separators of a filter. */
    static boolean isTag(String text) {
        return !text.isEmpty() && text.chars().noneMatch(c -> Character.isISOControl(c) || c == ',' || c == '/');
    }

    /** Returns whether text is a host name, or an IPv4 or IPv6 address, bracketed or not, without a port. */
    public static boolean isHost(String text) {
        return !text.isEmpty() && text.length() <= 253 && (isHostName(text) || isIpv6(text));
    }

    private static boolean isHostName(String text) {
        return HOST_NAME.test(text);
    }

    private static final Predicate<String> HOST_NAME = Pattern.compile(
                    "[A-Za-z0-9_][A-Za-z0-9_-]*(?:\\.[A-Za-z0-9_][A-Za-z0-9_-]*)*\\.?")
            .asMatchPredicate();

    private static final Predicate<String> IPV6 =
            Pattern.compile("\\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*]?").asMatchPredicate();

    private static final Predicate<String> IPV4 =
            Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}").asMatchPredicate();

    /** Returns whether text is an IPv4 or IPv6 address. */
    public static boolean isAddress(String text) {
        return IPV4.test(text) || isIpv6(text);
    }

    private static boolean isIpv6(String text) {
        return IPV6.test(text);
    }
}
