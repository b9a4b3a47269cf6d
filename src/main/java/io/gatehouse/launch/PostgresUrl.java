package io.gatehouse.launch;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A database URL taken apart, so that what the rest of the program carries around and prints has no password in it.
 *
 * @param url {@code postgresql://host:port/database} with the parameters it came with
 * @param user from the URL, or null
 * @param password from the URL, or null
 */
record PostgresUrl(
        String url, @Nullable String user, @Nullable String password) {
    static final String EXPECTED = "postgresql://host[:port]/database";

    private static final int DEFAULT_PORT = 5432;

    static PostgresUrl parse(String text) {
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme();
            String host = uri.getHost();
            String path = uri.getRawPath();
            if (!("postgresql".equals(scheme) || "postgres".equals(scheme))
                    || host == null
                    || path == null
                    || path.length() < 2
                    || path.indexOf('/', 1) >= 0
                    || carriesPassword(uri.getRawQuery())
                    || uri.getRawFragment() != null) {
                throw new IllegalArgumentException(EXPECTED);
            }
            int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            String userInfo = uri.getRawUserInfo();
            int colon = userInfo == null ? -1 : userInfo.indexOf(':');
            return new PostgresUrl(
                    "postgresql://" + host + ":" + port + path + query,
                    userInfo == null ? null : decode(colon < 0 ? userInfo : userInfo.substring(0, colon)),
                    userInfo == null || colon < 0 ? null : decode(userInfo.substring(colon + 1)));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(EXPECTED, e);
        }
    }

    /** The drivers would take it from there, but it would show in every place that prints the URL. */
    private static boolean carriesPassword(@Nullable String query) {
        return query != null && ("&" + query).contains("&password=");
    }

    private static String decode(String encoded) {
        // A plus stands for itself in this part of a URL, unlike in a form.
        return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return url;
    }
}
