package io.gatehouse.syntax;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Matches one of a route's {@code snis}: a plain server name, or one with a {@code *} as its leftmost or rightmost label. As in
 * {@link HostPattern}, the {@code *} stands for one or more labels.
 *
 * @param plain the name in lower case without a trailing dot; empty if there is a wildcard
 */
public record ServerNamePattern(String plain, @Nullable HostPattern wildcard) {

    /** Returns the pattern of a plain name, or of one with a wildcard that {@link RouteSyntax} accepts. */
    public static ServerNamePattern of(String text) {
        return text.indexOf('*') < 0
                ? new ServerNamePattern(normal(text), null)
                : new ServerNamePattern("", HostPattern.of(text));
    }

    /** Whether one of the patterns matches a server name, in any case and with or without a trailing dot (RFC 6066 §3). */
    public static boolean anyMatches(List<ServerNamePattern> patterns, String serverName) {
        String name = normal(serverName);
        for (int i = 0; i < patterns.size(); i++) {
            if (patterns.get(i).matches(name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the pattern matches a name in its {@link #normal} form. */
    public boolean matches(String name) {
        return wildcard == null ? plain.equals(name) : wildcard.matchesName(name);
    }

    /** Returns the form in which names are compared: in lower case, without a trailing dot. */
    public static String normal(String name) {
        return Authority.withoutTrailingDot(name).toLowerCase(Locale.ROOT);
    }
}
