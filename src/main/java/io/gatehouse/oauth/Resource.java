package io.gatehouse.oauth;

import io.gatehouse.syntax.Authority;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads resource indicators (RFC 8707 §2): absolute URIs without a fragment, compared in one spelling. */
public final class Resource {
    /** The longest one, in characters. */
    public static final int MAX_LENGTH = 1_024;

    private static final int HTTPS_PORT = 443;

    private Resource() {}

    /**
     * The canonical form: scheme and host in lower case, without a default port and without a final slash (RFC 3986 §6.2.2,
     * §6.2.3). The host is that of {@link Authority}. Null if the text is no such URI.
     */
    public static @Nullable String canonical(String text) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        try {
            URI uri = new URI(text);
            // URI has no host where the name has an underscore, which the gateway accepts.
            Authority authority = uri.getRawAuthority() == null ? null : Authority.parse(uri.getRawAuthority());
            if (uri.getScheme() == null || authority == null || uri.getRawFragment() != null) {
                return null;
            }
            String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
            int port = authority.port();
            boolean isDefaultPort = port == Authority.NO_PORT || (scheme.equals("https") && port == HTTPS_PORT);
            String path = withoutFinalSlash(uri.getRawPath());
            return scheme + "://" + authority.host() + (isDefaultPort ? "" : ":" + port) + path
                    + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** What a canonical form has beside host and port. */
    public static String withoutHost(String canonical) {
        // Not by URI: the host of a request may be none for it, such as [1:2].
        int host = canonical.indexOf("://") + "://".length();
        int end = host;
        while (end < canonical.length() && "/?".indexOf(canonical.charAt(end)) < 0) {
            end++;
        }
        return canonical.substring(0, canonical.indexOf(':') + 1) + canonical.substring(end);
    }

    /** A path as it is part of an identifier. */
    public static String withoutFinalSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
