package io.gatehouse.fuzz;

import io.gatehouse.fuzz.wire.ParsedRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Holds the requests that may reach the upstream, by marker. A client adds them before it sends. */
final class Expectations {
    /** Number of later cases after which no request of a case is in flight. */
    private static final long KEPT = 4_096;

    private final Map<String, Expected> byMarker = new ConcurrentHashMap<>();
    private final Map<Long, Source> sources = new ConcurrentHashMap<>();

    /** Holds the bytes that one client sent. */
    record Source(String bytes, String mutations) {}

    /**
     * Represents a request that may be forwarded at most once.
     *
     * @param mutation of the message
     */
    record Expected(String mutation, ParsedRequest request, AtomicInteger arrived) {
        Expected(String mutation, ParsedRequest request) {
            this(mutation, request, new AtomicInteger());
        }
    }

    /** {@code source} is printed with each finding about one of its requests. */
    void add(long number, Source source, Map<String, Expected> expected) {
        byMarker.putAll(expected);
        sources.put(number, source);
    }

    /** Removes expectations that are older than any request in flight. */
    void expire(long newest) {
        sources.keySet().removeIf(number -> number < newest - KEPT);
        byMarker.keySet().removeIf(marker -> number(marker) < newest - KEPT);
    }

    @Nullable
    Expected of(String marker) {
        return byMarker.get(marker);
    }

    String source(String marker) {
        return source(number(marker)).bytes();
    }

    /** Returns the source of the marker's connection. */
    String mutations(String marker) {
        return source(number(marker)).mutations();
    }

    private Source source(long number) {
        return sources.getOrDefault(number, new Source("(no case has this marker)", "unknown"));
    }

    static long number(String marker) {
        return Long.parseLong(marker.substring(1, marker.indexOf('-')));
    }
}
