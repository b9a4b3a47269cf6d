package io.gatehouse.syntax;

import org.jspecify.annotations.Nullable;

/**
 * A normalised request target (RFC 9112 §3.2), the same for matching, plugins and the upstream. Runs for every proxied request. A target
 * that is normal already costs only the result.
 *
 * @param path absolute, without dot segments and repeated slashes, with unreserved characters decoded
 * @param query the text behind the question mark, unchanged; null if there is none
 * @param authority of an absolute-form target, which replaces the Host header (RFC 9112 §3.2.2); otherwise null
 */
public record RequestTarget(
        String path, @Nullable String query, @Nullable Authority authority) {
    private static final char DELETE = 0x7F;
    private static final char MAX_BYTE = 0xFF;

    /**
     * Parses the target of a request line or {@code :path}, in origin-form or absolute-form, with one character for each byte. Returns
     * null if the response must be 400.
     *
     * <p>{@link PathNormaliser} defines the valid paths. A query is passed on unchanged, even with a percent sign that encodes nothing or
     * bytes beyond ASCII, which browsers send. It is rejected if it encodes a NUL or has a {@code #}, a space or a control character,
     * because parsers disagree on those. The authority-form and the asterisk-form name no route and are rejected.
     */
    public static @Nullable RequestTarget parse(String raw) {
        return raw.startsWith("/") ? originForm(raw, null) : absoluteForm(raw);
    }

    private static @Nullable RequestTarget originForm(String raw, @Nullable Authority authority) {
        int question = raw.indexOf('?');
        String query = question < 0 ? null : raw.substring(question + 1);
        if (query != null && !isAcceptableQuery(query)) {
            return null;
        }
        String path = PathNormaliser.normalise(question < 0 ? raw : raw.substring(0, question));
        return path == null ? null : new RequestTarget(path, query, authority);
    }

    private static @Nullable RequestTarget absoluteForm(String raw) {
        int start = authorityStart(raw);
        if (start < 0) {
            return null;
        }
        int end = start;
        while (end < raw.length() && "/?#".indexOf(raw.charAt(end)) < 0) {
            end++;
        }
        Authority authority = Authority.parse(raw.substring(start, end));
        if (authority == null) {
            return null;
        }
        String rest = raw.substring(end);
        // RFC 3986 §6.2.3: an empty path is the root.
        return originForm(rest.startsWith("/") ? rest : "/" + rest, authority);
    }

    private static int authorityStart(String raw) {
        for (String prefix : new String[] {"http://", "https://"}) {
            if (raw.regionMatches(true, 0, prefix, 0, prefix.length())) {
                return prefix.length();
            }
        }
        return -1;
    }

    private static boolean isAcceptableQuery(String query) {
        for (int i = 0; i < query.length(); i++) {
            char c = query.charAt(i);
            boolean isByte = c > ' ' && c != DELETE && c <= MAX_BYTE;
            if (!isByte || c == '#' || (c == '%' && PathCharacters.encodedOctet(query, i) == 0)) {
                return false;
            }
        }
        return true;
    }
}
