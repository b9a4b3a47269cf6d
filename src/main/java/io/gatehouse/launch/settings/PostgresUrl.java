package io.gatehouse.launch.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Splits a database URL, so that the URL in the configuration and in logs contains no password.
 *
 * @param url {@code postgresql://host:port/database}
 * @param user from the URL, or null
 * @param password from the URL, or null
 * @param parameters decoded, in order, with duplicates
 */
public record PostgresUrl(
        String url, @Nullable String user, @Nullable String password, List<Map.Entry<String, String>> parameters) {
    public static final String EXPECTED = "postgresql://host[:port]/database";

    private static final int DEFAULT_PORT = 5432;

    static PostgresUrl parse(String text) {
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme();
            String host = uri.getHost();
            String path = uri.getRawPath();
            int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
            if (!("postgresql".equals(scheme) || "postgres".equals(scheme))
                    || host == null
                    || port == 0
                    || port > 0xffff
                    || path == null
                    || path.length() < 2
                    || path.indexOf('/', 1) >= 0
                    || uri.getPath().chars().anyMatch(Character::isISOControl)
                    // Parameters were added to a URL that has some: the first of them would be part of a value.
                    || (uri.getRawQuery() != null && uri.getRawQuery().indexOf('?') >= 0)
                    || uri.getRawFragment() != null) {
                throw new IllegalArgumentException(EXPECTED);
            }
            String userInfo = uri.getRawUserInfo();
            int colon = userInfo == null ? -1 : userInfo.indexOf(':');
            return new PostgresUrl(
                    "postgresql://" + host + ":" + port + path,
                    userInfo == null ? null : decode(colon < 0 ? userInfo : userInfo.substring(0, colon)),
                    userInfo == null || colon < 0 ? null : decode(userInfo.substring(colon + 1)),
                    parameters(uri.getRawQuery()));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(EXPECTED, e);
        }
    }

    private static List<Map.Entry<String, String>> parameters(@Nullable String query) {
        List<Map.Entry<String, String>> parameters = new ArrayList<>();
        for (String pair : query == null ? new String[0] : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            parameters.add(Map.entry(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1))));
        }
        return List.copyOf(parameters);
    }

    private static String decode(String encoded) {
        // In a URL, unlike in a form, a plus is not a space.
        return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return url;
    }
}
