package io.gatehouse.plugin;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads the cookies of a request, and removes some from the forwarded request (RFC 6265 §4.2). */
public final class RequestCookies {
    private static final String COOKIE = "cookie";

    private RequestCookies() {}

    /** Returns the value of a cookie; null if there is none, or if several have the name: another site may have set one of them. */
    public static @Nullable String value(Exchange exchange, String name) {
        String found = null;
        for (String pair : pairs(exchange.headers(COOKIE))) {
            if (isOf(pair, name)) {
                if (found != null) {
                    return null;
                }
                found = pair.substring(pair.indexOf('=') + 1).strip();
            }
        }
        return found;
    }

    /** Returns the value of the first cookie of a name, whatever its characters; null if there is none. */
    public static @Nullable String first(Exchange exchange, String name) {
        for (String pair : pairs(exchange.headers(COOKIE))) {
            if (isOf(pair, name)) {
                return pair.substring(pair.indexOf('=') + 1).strip();
            }
        }
        return null;
    }

    /** Removes cookies. The upstream receives the others in one field. */
    public static void hide(Exchange exchange, Set<String> names) {
        List<String> all = pairs(exchange.upstreamHeaders(COOKIE));
        Predicate<String> isHidden = pair -> names.stream().anyMatch(name -> isOf(pair, name));
        if (all.stream().noneMatch(isHidden)) {
            return;
        }
        List<String> rest = all.stream().filter(isHidden.negate()).toList();
        if (rest.isEmpty()) {
            exchange.hideHeader(COOKIE);
        } else {
            exchange.upstreamHeader(COOKIE, String.join("; ", rest));
        }
    }

    private static List<String> pairs(List<String> headers) {
        List<String> pairs = new ArrayList<>();
        for (String header : headers) {
            for (String pair : header.split(";", -1)) {
                if (!pair.isBlank()) {
                    pairs.add(pair.strip());
                }
            }
        }
        return pairs;
    }

    private static boolean isOf(String pair, String name) {
        int equals = pair.indexOf('=');
        return equals >= 0 && pair.substring(0, equals).strip().equals(name);
    }
}
