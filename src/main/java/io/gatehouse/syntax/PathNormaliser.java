package io.gatehouse.syntax;

import org.jspecify.annotations.Nullable;

/**
 * Normalises a path (RFC 3986 §6.2.2), so that it has the same meaning for plugins and for the upstream. Runs for every proxied request.
 *
 * <p>Beyond the RFC:
 *
 * <ul>
 *   <li>Repeated slashes are merged before dot segments are removed: {@code /a//../b} is {@code /b}, as in a file system.
 *   <li>A path that climbs above the root is rejected rather than clamped to it.
 *   <li>{@code %2F} and {@code %5C} stay encoded, and {@code ;parameters} stay in place. Some servers decode the former, or
 *       remove the latter, before they resolve dot segments or merge slashes. A path with a dot segment or an empty one for such a
 *       server is rejected: {@code /a/..%2Fb}, {@code /a/..%5Cb}, {@code /a/..;x/b}, {@code /;x/b}.
 *   <li>A raw backslash is rejected, because some servers read it as a slash.
 *   <li>Raw non-ASCII characters, spaces, control characters, {@code #} and an encoded NUL are rejected. Other printable characters
 *       that RFC 3986 requires to be encoded, such as {@code |} and {@code [}, are encoded.
 * </ul>
 */
public final class PathNormaliser {

    /** Marks that the current segment has other characters than dots. */
    private static final int OTHER = -1;

    private PathNormaliser() {}

    /** Returns the normal form of a path without its query; null if it must be rejected. */
    static @Nullable String normalise(String path) {
        if (path.isEmpty() || path.charAt(0) != '/') {
            return null;
        }
        if (isNormal(path)) {
            return path;
        }
        String encoded = canonicalEncoding(path);
        return encoded == null ? null : removeDotSegments(encoded);
    }

    /** Whether the path is normal already. Nearly every path is, and costs no allocation. */
    private static boolean isNormal(String path) {
        int dots = 0;
        for (int i = 1; i < path.length(); i++) {
            char c = path.charAt(i);
            if (endsSegment(path, i)) {
                boolean isRepeatedSlash = c == '/' && path.charAt(i - 1) == '/';
                if (isDotSegment(dots) || isRepeatedSlash || isNameless(c, dots)) {
                    return false;
                }
                dots = c == ';' ? OTHER : 0;
            } else {
                dots = c == '.' && dots != OTHER ? dots + 1 : OTHER;
            }
            if (c == '%') {
                if (!isCanonicalTriplet(path, i)) {
                    return false;
                }
                i += 2;
            } else if (!PathCharacters.isPlain(c)) {
                return false;
            }
        }
        return !isDotSegment(dots);
    }

    private static boolean isDotSegment(int dots) {
        return dots == 1 || dots == 2;
    }

    /** Whether parameters begin where no character of the segment has been read. */
    private static boolean isNameless(char c, int dots) {
        return c == ';' && dots == 0;
    }

    /** Whether some server would read {@code position} as the end of a segment's name. */
    public static boolean endsSegment(CharSequence path, int position) {
        if (position == path.length()) {
            return true;
        }
        char c = path.charAt(position);
        if (c != '%') {
            return c == '/' || c == ';';
        }
        int octet = PathCharacters.encodedOctet(path, position);
        return octet == '/' || octet == '\\';
    }

    private static boolean isCanonicalTriplet(String path, int position) {
        int octet = PathCharacters.encodedOctet(path, position);
        return octet > 0
                && !PathCharacters.isUnreserved(octet)
                && path.charAt(position + 1) < 'a'
                && path.charAt(position + 2) < 'a';
    }

    private static @Nullable String canonicalEncoding(String path) {
        StringBuilder out = new StringBuilder(path.length() + 16);
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                int octet = PathCharacters.encodedOctet(path, i);
                if (octet <= 0) {
                    return null;
                }
                if (PathCharacters.isUnreserved(octet)) {
                    out.append((char) octet);
                } else {
                    PathCharacters.appendEncoded(out, octet);
                }
                i += 2;
            } else if (PathCharacters.isPlain(c)) {
                out.append(c);
            } else if (PathCharacters.isToBeEncoded(c)) {
                PathCharacters.appendEncoded(out, c);
            } else {
                return null;
            }
        }
        return out.toString();
    }

    private static @Nullable String removeDotSegments(String path) {
        StringBuilder out = new StringBuilder(path.length());
        int slash = 0;
        while (slash < path.length()) {
            int nextSlash = path.indexOf('/', slash + 1);
            int end = nextSlash < 0 ? path.length() : nextSlash;
            String segment = path.substring(slash + 1, end);
            if (segment.equals("..")) {
                if (out.isEmpty()) {
                    return null;
                }
                out.setLength(out.lastIndexOf("/"));
            } else if (isAmbiguous(segment)) {
                return null;
            }
            if (!segment.isEmpty() && !segment.equals(".") && !segment.equals("..")) {
                out.append('/').append(segment);
            } else if (nextSlash < 0) {
                // A dot segment at the end names a directory, so the slash stays.
                out.append('/');
            }
            slash = end;
        }
        return out.toString();
    }

    /** Whether some server would read a part of the segment as a dot segment, or as an empty one, which it may then remove. */
    static boolean isAmbiguous(String segment) {
        int dots = 0;
        boolean isWhole = true;
        for (int i = 0; i < segment.length(); i++) {
            if (endsSegment(segment, i)) {
                if (isDotSegment(dots) || isNameless(segment.charAt(i), dots)) {
                    return true;
                }
                isWhole = false;
                dots = segment.charAt(i) == ';' ? OTHER : 0;
                // The two digits of an encoded separator do not belong to the next segment.
                i += segment.charAt(i) == '%' ? 2 : 0;
            } else {
                dots = segment.charAt(i) == '.' && dots != OTHER ? dots + 1 : OTHER;
            }
        }
        return !isWhole && isDotSegment(dots);
    }
}
