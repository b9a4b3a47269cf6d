package io.gatehouse.syntax;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Origins (RFC 6454 §6.2) as operators write them for the cors plugin: one origin, or a regular expression over origins, or
 * over hosts when it has no colon.
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

    /** Why the text cannot be accepted; null when it can. */
    public static @Nullable String violation(String text) {
        return isLiteral(text) || text.equals("*") || OperatorRegex.violation(text) == null
                ? null
                : "'" + text + "' is not a valid regex";
    }

    /** {@code *} is for the caller to treat, since it matches requests without an origin too. */
    public static OriginPattern of(String text) {
        return isLiteral(text)
                ? new OriginPattern(normalised(text), null, false)
                : new OriginPattern(null, OperatorRegex.compile(text, 0), text.indexOf(':') < 0);
    }

    /** Whether the text is one origin: nothing in it means something in a regular expression but the dot. */
    public static boolean isLiteral(String text) {
        return text.chars()
                .allMatch(
                        c -> (c < 128 && Character.isLetterOrDigit(c)) || c == '.' || c == ':' || c == '/' || c == '-');
    }

    /** Whether a normalised origin is meant, from its first character to its last. */
    public boolean matches(String origin) {
        return regex == null ? origin.equals(literal) : regex.matches(byHost ? host(origin) : origin);
    }

    /** The origin without what goes without saying: the port that belongs to the scheme, a path. */
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
