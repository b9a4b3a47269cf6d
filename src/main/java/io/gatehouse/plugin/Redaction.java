package io.gatehouse.plugin;

import io.gatehouse.syntax.HeaderValue;
import io.gatehouse.syntax.form.PercentEncoding;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the values of credentials in what plugins log.
 *
 * <p>The names are those that the plugins of the whole configuration read credentials from. A client that sends a credential to
 * another Route does not find it in a log.
 */
public final class Redaction {
    public static final String REDACTED = "REDACTED";

    /** A shorter credential is looked for as a whole value only: a few characters are a part of many texts. */
    private static final int MIN_PART = 8;

    /** Credentials that a changed target is searched for. Each costs a search in each parameter, on the event loop. */
    private static final int MAX_SEARCHED = 32;

    private static final List<String> ALWAYS = List.of("authorization", "proxy-authorization");

    /** Names of headers, query parameters and cookies, compared without case. */
    private final Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    /** Also those of query parameters that plugins write. */
    private final Set<String> ofChangedTargets = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    /** {@code written} are query parameters of changed targets. Those of clients are shown. */
    public Redaction(Collection<String> names, Collection<String> written) {
        this.names.addAll(ALWAYS);
        for (String name : names) {
            this.names.add(name);
            // The spelling that HeaderName also reads.
            this.names.add(name.replace('_', '-'));
        }
        this.ofChangedTargets.addAll(this.names);
        this.ofChangedTargets.addAll(written);
    }

    /** Returns headers by lower-case name, their bytes read as UTF-8. */
    public Map<String, List<String>> headers(MultiMap headers) {
        Map<String, List<String>> shown = new LinkedHashMap<>();
        headers.forEach(
                (name, value) -> shown.computeIfAbsent(name.toLowerCase(Locale.ROOT), missing -> new ArrayList<>(1))
                        .add(header(name, value)));
        return shown;
    }

    /** Returns the value of a header, its bytes read as UTF-8. */
    public String header(String name, String value) {
        return value(name, HeaderValue.text(value));
    }

    private String value(String name, String value) {
        if (names.contains(name)) {
            return REDACTED;
        }
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "cookie" -> cookies(value);
            case "set-cookie" -> cookie(value);
            case "location", "content-location", "referer" -> target(value);
            default -> value;
        };
    }

    private String cookies(String value) {
        List<String> shown = new ArrayList<>();
        for (String cookie : value.split(";", -1)) {
            shown.add(cookie(cookie));
        }
        return String.join(";", shown);
    }

    /** Replaces the value of a cookie, and leaves the attributes that follow it in a Set-Cookie. */
    private String cookie(String cookie) {
        int equals = cookie.indexOf('=');
        if (equals < 0 || !names.contains(cookie.substring(0, equals).trim())) {
            return cookie;
        }
        int end = cookie.indexOf(';', equals);
        return cookie.substring(0, equals + 1) + REDACTED + (end < 0 ? "" : cookie.substring(end));
    }

    /** Returns the parameters of a query. */
    public Map<String, List<String>> query(@Nullable String query) {
        Map<String, List<String>> shown = new LinkedHashMap<>();
        UrlEncoded.all(query)
                .forEach((name, values) -> shown.put(name, names.contains(name) ? List.of(REDACTED) : values));
        return shown;
    }

    /** Replaces values in the query of a request target or URL, and in a fragment (RFC 6749 §4.2.2). */
    public String target(String target) {
        return target(target, names);
    }

    private static String target(String target, Set<String> secret) {
        int start = 0;
        while (start < target.length() && target.charAt(start) != '?' && target.charAt(start) != '#') {
            start++;
        }
        if (start == target.length()) {
            return target;
        }
        StringBuilder shown = new StringBuilder(target.length()).append(target, 0, start);
        while (start < target.length()) {
            int end = start + 1;
            while (end < target.length() && target.charAt(end) != '&' && target.charAt(end) != '#') {
                end++;
            }
            shown.append(target.charAt(start)).append(pair(target.substring(start + 1, end), secret));
            start = end;
        }
        return shown.toString();
    }

    private static String pair(String pair, Set<String> secret) {
        int equals = pair.indexOf('=');
        // The name as plugins read it: percent-encoding must not hide it.
        boolean isSecret = equals >= 0 && UrlEncoded.all(pair).keySet().stream().anyMatch(secret::contains);
        return isSecret ? pair.substring(0, equals + 1) + REDACTED : pair;
    }

    /**
     * Replaces values in the target of an upstream request that plugins have changed. They may have added a secret of their
     * configuration. They may also have copied a credential of the client to a parameter of another name, or to the path, of which then
     * nothing is shown. Of a request with more than {@link #MAX_SEARCHED} credentials, neither is shown.
     *
     * @param headers of the client
     * @param query of the client
     * @param form of the client, if it has become a part of the query
     */
    public String changedTarget(String target, MultiMap headers, @Nullable String query, @Nullable String form) {
        String shown = target(target, ofChangedTargets);
        Set<String> credentials = credentials(headers, query, form);
        if (credentials.isEmpty()) {
            return shown;
        }
        int start = shown.indexOf('?');
        if (credentials.size() > MAX_SEARCHED) {
            return "/" + REDACTED + (start < 0 ? "" : "?" + REDACTED);
        }
        String path = start < 0 ? shown : shown.substring(0, start);
        String shownPath = hasPart(PercentEncoding.lenient(path), credentials) ? "/" + REDACTED : path;
        return start < 0
                ? shownPath
                : Arrays.stream(shown.substring(start + 1).split("&", -1))
                        .map(pair -> withoutCopy(pair, credentials))
                        .collect(Collectors.joining("&", shownPath + "?", ""));
    }

    private static String withoutCopy(String pair, Set<String> credentials) {
        int equals = pair.indexOf('=');
        String value = PercentEncoding.lenient(pair.substring(equals + 1).replace('+', ' '));
        return credentials.contains(value) || hasPart(value, credentials)
                ? pair.substring(0, equals + 1) + REDACTED
                : pair;
    }

    private static boolean hasPart(String text, Set<String> credentials) {
        return text.length() >= MIN_PART
                && credentials.stream()
                        .anyMatch(credential -> credential.length() >= MIN_PART && text.contains(credential));
    }

    /** Returns the credentials of a request, those of a header also without their scheme. */
    private Set<String> credentials(MultiMap headers, @Nullable String query, @Nullable String form) {
        Set<String> credentials = new HashSet<>();
        headers.forEach((name, value) -> {
            String text = HeaderValue.text(value);
            if (names.contains(name)) {
                credentials.add(text);
                credentials.add(text.substring(text.indexOf(' ') + 1).strip());
            } else if (name.equalsIgnoreCase("cookie")) {
                addCookies(text, credentials);
            }
        });
        addParameters(query, credentials);
        addParameters(form, credentials);
        credentials.remove("");
        return credentials;
    }

    private void addParameters(@Nullable String encoded, Set<String> credentials) {
        UrlEncoded.all(encoded).forEach((name, values) -> {
            if (names.contains(name)) {
                credentials.addAll(values);
            }
        });
    }

    private void addCookies(String cookies, Set<String> credentials) {
        for (String cookie : cookies.split(";", -1)) {
            int equals = cookie.indexOf('=');
            if (equals >= 0 && names.contains(cookie.substring(0, equals).trim())) {
                credentials.add(cookie.substring(equals + 1).strip());
            }
        }
    }
}
