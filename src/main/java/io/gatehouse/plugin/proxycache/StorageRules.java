package io.gatehouse.plugin.proxycache;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.syntax.form.MediaType;
import io.vertx.core.MultiMap;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Decides which responses are stored, and for how long. */
final class StorageRules {
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int NOT_MODIFIED = 304;
    private static final long MILLIS = 1_000;
    /** A response that selects by more headers is not stored. */
    private static final int MAX_SELECTORS = 16;

    private static final Set<String> OF_GATEWAY =
            Set.of("forwarded", "x-real-ip", "via", "traceparent", "tracestate", "x-kong-request-id");

    private final ProxyCacheConfig config;

    StorageRules(ProxyCacheConfig config) {
        this.config = config;
    }

    /** Returns the seconds for which a response is fresh; 0 if it must not be stored. */
    long freshSeconds(Exchange exchange, int status, MultiMap headers) {
        CacheControl sent = CacheControl.of(headers.getAll("cache-control"));
        boolean isWhole = status >= OK && status != PARTIAL && status != NOT_MODIFIED;
        if (!isWhole
                || !config.statuses().contains(status)
                || headers.contains("set-cookie")
                || headers.contains("content-range")
                || !isListed(headers.getAll("content-type"))
                || sent.has("private")
                || sent.has("no-store")
                || !mayShare(exchange, sent)) {
            return 0;
        }
        if (!config.obeysCacheControl()) {
            return config.ttlSeconds();
        }
        return sent.has("no-cache") ? 0 : Math.max(0, lifetime(sent, headers) - age(headers));
    }

    /** Whether a response to a request with {@code Authorization} may be stored (RFC 9111 §3.5). */
    private static boolean mayShare(Exchange exchange, CacheControl sent) {
        return !RequestRules.isAuthorized(exchange)
                || sent.has("public")
                || sent.has("s-maxage")
                || sent.has("must-revalidate");
    }

    /** Whether the type is one of the configuration: type and subtype or {@code *}, and the parameters that it names. */
    private boolean isListed(List<String> types) {
        if (types.size() != 1) {
            return false;
        }
        MediaType type = MediaType.of(types.get(0));
        return config.types().stream().anyMatch(listed -> matches(listed, type));
    }

    private static boolean matches(MediaType listed, MediaType type) {
        String essence = listed.essence();
        boolean isType = essence.endsWith("/*")
                ? essence.equals("*/*") || type.essence().startsWith(essence.substring(0, essence.length() - 1))
                : essence.equals(type.essence());
        if (!isType || type.essence().isEmpty() || listed.parameters().isEmpty()) {
            return isType && !type.essence().isEmpty();
        }
        Map<String, String> wanted = listed.values().orElse(Map.of());
        return !wanted.isEmpty()
                && wanted.entrySet().stream()
                        .allMatch(parameter -> type.values()
                                .map(values -> values.get(parameter.getKey()))
                                .filter(value -> value.equalsIgnoreCase(parameter.getValue()))
                                .isPresent());
    }

    private static long lifetime(CacheControl sent, MultiMap headers) {
        if (sent.has("s-maxage") || sent.has("max-age")) {
            Long seconds = sent.seconds("s-maxage", "max-age");
            return seconds == null ? 0 : seconds;
        }
        List<String> expires = headers.getAll("expires");
        // RFC 9111 §5.3: an invalid date is in the past.
        Instant until = expires.size() == 1 ? date(expires.get(0)) : null;
        return until == null ? 0 : Math.max(0, until.getEpochSecond() - System.currentTimeMillis() / MILLIS);
    }

    private static @Nullable Instant date(String text) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
        } catch (DateTimeException malformed) {
            return null;
        }
    }

    /** Returns the age that caches before the gateway report; 0 if they report none. */
    static long age(MultiMap headers) {
        String age = headers.get("age");
        Long seconds = age == null ? null : CacheControl.parse(age.trim());
        return seconds == null ? 0 : seconds;
    }

    /**
     * Returns the request headers that {@code Vary} names, with the values that were {@code sent}; null if it names any other
     * property of requests, or if the client has sent another spelling of one.
     */
    static @Nullable Map<String, List<String>> selectors(
            Exchange exchange, Function<String, List<String>> sent, MultiMap headers) {
        Map<String, List<String>> selectors = new HashMap<>();
        for (String value : headers.getAll("vary")) {
            for (String part : value.split(",", -1)) {
                String name = part.trim().toLowerCase(Locale.ROOT);
                if (name.equals("*") || isOfGateway(name) || selectors.size() == MAX_SELECTORS) {
                    return null;
                }
                if (!name.isEmpty()) {
                    selectors.put(name, List.copyOf(sent.apply(name)));
                }
            }
        }
        return RequestRules.hasOtherSpelling(exchange, selectors.keySet()) ? null : selectors;
    }

    /** Whether the gateway sets the header itself, for each client or request. */
    private static boolean isOfGateway(String name) {
        return name.startsWith("x-forwarded-") || OF_GATEWAY.contains(name);
    }
}
