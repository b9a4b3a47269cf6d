package io.gatehouse.fuzz;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What may reach the upstream, by marker; set before anything is sent, so that the recorder can judge what arrives at once. */
final class Expectations {
    /** Cases that ended that long ago have no requests on their way any more. */
    private static final long KEPT = 4_096;

    private final Map<String, Expected> byMarker = new ConcurrentHashMap<>();
    private final Map<Long, Source> sources = new ConcurrentHashMap<>();

    /** What one client sent. */
    record Source(String bytes, String mutations) {}

    /**
     * A request that may be forwarded, once.
     *
     * @param mutation that made it
     */
    record Expected(String mutation, ParsedRequest request, AtomicInteger arrived) {
        Expected(String mutation, ParsedRequest request) {
            this(mutation, request, new AtomicInteger());
        }
    }

    /** {@code source} is shown with what is found wrong about any of its requests. */
    void add(long number, Source source, Map<String, Expected> expected) {
        byMarker.putAll(expected);
        sources.put(number, source);
    }

    /** Forgets what is older than any request that could be on its way. */
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

    /** Of the messages of the marker's connection. */
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
