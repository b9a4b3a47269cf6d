package io.gatehouse.syntax;

import org.jspecify.annotations.Nullable;

/**
 * Checks the properties of a Route and a Service when they are written. Each method returns the violation, in Kong's words where it has
 * some, or null.
 *
 * <p><i>Invariant</i>: the route table accepts every Route that passes.
 */
public final class RouteSyntax {

    private RouteSyntax() {}

    /** Checks a Route's path: a normalised prefix, or {@code ~} and a regular expression of RE2. */
    public static @Nullable String pathViolation(String path) {
        return PathPattern.violation(path);
    }

    /** Checks a Service's path, which is prepended to the request's and must therefore be a path too. */
    public static @Nullable String servicePathViolation(String path) {
        return PathPattern.prefixViolation(path);
    }

    /** Checks a Route's host: a name or address, one wildcard label, a port. */
    public static @Nullable String hostViolation(String host) {
        String violation = HostPattern.wildcardViolation(host);
        if (violation == null) {
            violation = HostForm.of(host.replace("*", "abc")).violation();
        }
        return violation == null ? HostPattern.violation(host) : violation;
    }

    /** Checks a server name: one wildcard label or {@code *} alone, and no port. */
    public static @Nullable String serverNameViolation(String name) {
        int wildcard = name.indexOf('*');
        if (wildcard > 0 && wildcard < name.length() - 1) {
            return "wildcard must be leftmost or rightmost character";
        }
        if (wildcard != name.lastIndexOf('*')) {
            return "only one wildcard must be specified";
        }
        String violation = HostForm.of(name.replace("*", "wildcard")).nameViolation();
        return violation != null || wildcard < 0 || name.equals("*") ? violation : HostPattern.violation(name);
    }

    /** Checks a value of a Route's header: any text, or {@code ~*} and a regular expression of RE2. */
    public static @Nullable String headerValueViolation(String value) {
        return HeaderCondition.violation(value);
    }
}
