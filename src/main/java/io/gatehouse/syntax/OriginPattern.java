package io.gatehouse.syntax;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Matches the origins of the cors plugin (RFC 6454 §6.2): one origin, or a regular expression over origins, or over hosts if it has no
 * colon.
 */
public final class OriginPattern {
    private final @Nullable String literal;
    private final @Nullable Pattern regex;
    private final boolean byHost;

    private OriginPattern(@Nullable String literal, @Nullable Pattern regex, boolean byHost) {
        this.literal = literal;
        this.regex = regex;
        this.byHost = byHost;
    }

    /** Returns the violation of a text; null if it is valid. */
    public static @Nullable String violation(String text) {
        return isLiteral(text) || text.equals("*") || OperatorRegex.violation(text) == null
                ? null
                : "'" + text + "' is not a valid regex";
    }

    /** Compiles a text. The caller handles {@code *}, which matches requests without an origin too. */
    public static OriginPattern of(String text) {
        return isLiteral(text)
                ? new OriginPattern(normalised(text), null, false)
                : new OriginPattern(null, OperatorRegex.compile(text, 0), text.indexOf(':') < 0);
    }

    /** Whether the text is one origin: no character but the dot has a meaning in a regular expression. */
    public static boolean isLiteral(String text) {
        return text.chars()
                .allMatch(
                        c -> (c < 128 && Character.isLetterOrDigit(c)) || c == '.' || c == ':' || c == '/' || c == '-');
    }

    /** Whether the whole of a normalised origin matches. */
    public boolean matches(String origin) {
        return regex == null ? origin.equals(literal) : regex.matches(byHost ? host(origin) : origin);
    }

    /** Returns the origin without the default port of its scheme, and without a path. */
    public static String normalised(String origin) {
        int host = hostStart(origin);
        if (host < 0) {
            return origin;
        }
        int slash = origin.indexOf('/', host);
        String bare = slash < 0 ? origin : origin.substring(0, slash);
        String port = bare.startsWith("http://") ? ":80" : bare.startsWith("https://") ? ":443" : "";
        return port.isEmpty() || !bare.endsWith(port) ? bare : bare.substring(0, bare.length() - port.length());
    }

    private static String host(String origin) {
        int start = Math.max(0, hostStart(origin));
        int colon = origin.lastIndexOf(':');
        return colon > start && colon > origin.lastIndexOf(']')
                ? origin.substring(start, colon)
                : origin.substring(start);
    }

    private static int hostStart(String origin) {
        int scheme = origin.indexOf("://");
        return scheme < 0 ? -1 : scheme + 3;
    }
}
