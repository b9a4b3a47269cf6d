package io.gatehouse.syntax;

import org.jspecify.annotations.Nullable;

/**
 * What a Route and a Service may say, checked when it is written: {@link RouteTable} takes what passed. Each method
 * gives the text of the violation, where possible in Kong's words, or null.
 */
public final class RouteSyntax {

    private RouteSyntax() {}

    /** For a Route's path: a normalised prefix, or {@code ~} and a regular expression RE2 can express. */
    public static @Nullable String pathViolation(String path) {
        return PathPattern.violation(path);
    }

    /** For a Service's path, which is put in front of the request's and must therefore be one as well. */
    public static @Nullable String servicePathViolation(String path) {
        return PathPattern.prefixViolation(path);
    }

    /** For a Route's host: a name or address, one wildcard label, a port. */
    public static @Nullable String hostViolation(String host) {
        return HostPattern.violation(host);
    }

    /** For a value of a Route's header: anything, or {@code ~*} and a regular expression RE2 can express. */
    public static @Nullable String headerValueViolation(String value) {
        return HeaderCondition.violation(value);
    }
}
