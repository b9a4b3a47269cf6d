package io.gatehouse.syntax;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/** Matches one of a route's {@code paths}: a prefix, or {@code ~} and a regular expression anchored at the start of the path. */
public final class PathPattern {

    private final String text;
    private final String prefix;
    private final @Nullable Pattern regex;

    private PathPattern(String text, String prefix, @Nullable Pattern regex) {
        this.text = text;
        this.prefix = prefix;
        this.regex = regex;
    }

    /** Compiles a path. A prefix is normalised, as the paths of requests are. */
    public static PathPattern of(String path) {
        if (path.startsWith("~")) {
            return new PathPattern(path, "", OperatorRegex.compile(path.substring(1), 0));
        }
        String prefix = PathNormaliser.normalise(path);
        if (prefix == null) {
            throw new IllegalArgumentException("invalid path: '" + path + "'");
        }
        return new PathPattern(path, prefix, null);
    }

    /** Returns the part of the path that matches; null if there is none. */
    public @Nullable String match(String path) {
        if (regex == null) {
            return path.startsWith(prefix) ? prefix : null;
        }
        Matcher matcher = regex.matcher(path);
        return matcher.lookingAt() ? path.substring(0, matcher.end()) : null;
    }

    /** Returns the text that a group of the expression captures, by name or number; null if there is none. */
    public @Nullable String capture(String path, String group) {
        Matcher matcher = regex == null ? null : regex.matcher(path);
        if (matcher == null || !matcher.lookingAt()) {
            return null;
        }
        Integer number = matcher.pattern().namedGroups().get(group);
        if (number == null && group.matches("\\d{1,2}")) {
            number = Integer.valueOf(group);
        }
        return number == null || number > matcher.groupCount() ? null : matcher.group(number);
    }

    /** Returns the path as the operator wrote it. */
    public String text() {
        return text;
    }

    public boolean isRegex() {
        return regex != null;
    }

    /** Returns the prefix; empty for a regular expression. */
    public String prefix() {
        return prefix;
    }

    /** Returns the violation of a path, in Kong's words where it has some; null if it is valid. */
    static @Nullable String violation(String path) {
        if (!path.startsWith("/") && !path.startsWith("~/")) {
            return "should start with: / (fixed path) or ~/ (regex path)";
        }
        if (path.startsWith("~")) {
            return path.contains("//") ? "must not have empty segments" : OperatorRegex.violation(path.substring(1));
        }
        return prefixViolation(path);
    }

    static @Nullable String prefixViolation(String path) {
        if (!path.startsWith("/")) {
            return "should start with: /";
        }
        if (path.contains("//")) {
            return "must not have empty segments";
        }
        String normal = PathNormaliser.normalise(path);
        if (normal == null) {
            return reasonOfRefusal(path);
        }
        return normal.equals(path) ? null : "non-normalized path, consider use '" + normal + "' instead";
    }

    private static String reasonOfRefusal(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%' && PathCharacters.encodedOctet(path, i) <= 0) {
                return "invalid url-encoded value: '" + path.substring(i, Math.min(i + 3, path.length())) + "'";
            }
            if (c != '%' && !PathCharacters.isPlain(c) && !PathCharacters.isToBeEncoded(c)) {
                return "invalid path: '" + path + "' (characters outside of the reserved list of RFC 3986 found)";
            }
        }
        return "invalid path: '" + path + "' (no request can have it: it climbs above the root or hides a dot segment)";
    }
}
