package io.gatehouse.syntax;

import org.jspecify.annotations.Nullable;

/**
 * Matches one of a route's {@code hosts}: a plain host, or one with a {@code *} as its leftmost or rightmost label, with or without a
 * port. The {@code *} stands for one or more labels, as in Kong.
 */
public final class HostPattern {

    private enum Kind {
        PLAIN,
        SUFFIX,
        PREFIX
    }

    /** Longer than any wildcard. */
    private static final int PLAIN_LENGTH = 1 << 16;

    private final Kind kind;
    private final String text;
    private final int port;
    private final int specificity;

    private HostPattern(Kind kind, String text, int port) {
        this.kind = kind;
        this.text = text;
        this.port = port;
        this.specificity = specificity(kind, text, port);
    }

    /** The name decides before the port. A port ranks only patterns of the same name, or of names of the same length. */
    private static int specificity(Kind kind, String text, int port) {
        int name = kind == Kind.PLAIN ? PLAIN_LENGTH : text.length();
        return 2 * name + (port == Authority.NO_PORT ? 0 : 1);
    }

    public static HostPattern of(String pattern) {
        String violation = violation(pattern);
        if (violation != null) {
            throw new IllegalArgumentException(violation);
        }
        // A label replaces the wildcard, which is invalid in a host.
        Authority authority = Authority.parse(pattern.replace('*', 'x'));
        if (authority == null) {
            throw new IllegalArgumentException(invalid(pattern));
        }
        String host = authority.host();
        if (pattern.startsWith("*")) {
            return new HostPattern(Kind.SUFFIX, host.substring(1), authority.port());
        }
        if (pattern.contains("*")) {
            return new HostPattern(Kind.PREFIX, host.substring(0, host.length() - 1), authority.port());
        }
        return new HostPattern(Kind.PLAIN, host, authority.port());
    }

    /** Returns the violation of a pattern; null if it is valid. Patterns are stored that {@link HostForm} rejects by now. */
    static @Nullable String violation(String pattern) {
        String violation = wildcardViolation(pattern);
        if (violation != null) {
            return violation;
        }
        return Authority.parse(pattern.replace('*', 'x')) == null ? invalid(pattern) : null;
    }

    /** Returns the violation of the place of the wildcard, in Kong's words; null if it is valid. */
    static @Nullable String wildcardViolation(String pattern) {
        int wildcard = pattern.indexOf('*');
        if (wildcard != pattern.lastIndexOf('*')) {
            return "invalid wildcard: must have at most one wildcard";
        }
        boolean isRightmost = pattern.endsWith(".*") || pattern.contains(".*:");
        return wildcard < 0 || pattern.startsWith("*.") || isRightmost
                ? null
                : "invalid wildcard: must be placed at leftmost or rightmost label";
    }

    private static String invalid(String pattern) {
        return "invalid value: " + pattern;
    }

    public boolean matches(Authority authority, int requestPort) {
        return (port == Authority.NO_PORT || port == requestPort) && matchesName(authority.host());
    }

    /** Whether the pattern matches a host in lower case, whatever its port. */
    boolean matchesName(String host) {
        return switch (kind) {
            case PLAIN -> host.equals(text);
            case SUFFIX -> host.length() > text.length() && host.endsWith(text);
            case PREFIX -> host.length() > text.length() && host.startsWith(text);
        };
    }

    /** Returns the host to index the pattern by; null for a wildcard. */
    public @Nullable String indexKey() {
        return kind == Kind.PLAIN ? text : null;
    }

    /** Returns the precedence, higher first: plain hosts, then longer wildcards; of each, those with a port. */
    public int specificity() {
        return specificity;
    }
}
