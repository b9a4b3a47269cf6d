package io.gatehouse.telemetry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds a span that has ended, for a plugin that sends it itself.
 *
 * <p><i>Invariant</i>: immutable. A text has at most 1,024 characters, because clients choose some of them and spans wait in memory for
 * the collector.
 *
 * @param traceId 16 or 32 hexadecimal characters
 * @param spanId 16 hexadecimal characters
 * @param parentId null if the trace begins with it
 * @param startMicros since the epoch
 * @param attributes texts, integers or flags
 * @param peer the other end of the message; null if it is not known
 */
public record SpanRecord(
        String traceId,
        String spanId,
        @Nullable String parentId,
        String name,
        boolean isServer,
        long startMicros,
        long endMicros,
        Map<String, Object> attributes,
        List<Event> events,
        @Nullable Peer peer,
        boolean isError) {
    private static final int MAX_TEXT = 1_024;
    /** The most characters of a method in the name of a span. */
    private static final int MAX_METHOD = 32;

    /** Holds a point in time. */
    public record Event(String name, long micros) {}

    /**
     * Holds one end of a message.
     *
     * @param service name of the service; null if it has none
     * @param address IP address; null if only a name is known
     * @param port 0 if it is not known
     */
    public record Peer(@Nullable String service, @Nullable String address, int port) {}

    public SpanRecord {
        name = cut(name);
        Map<String, Object> bounded = new LinkedHashMap<>();
        attributes.forEach((key, value) -> bounded.put(key, value instanceof String text ? cut(text) : value));
        attributes = bounded;
        events = List.copyOf(events);
        endMicros = Math.max(startMicros, endMicros);
    }

    /** Returns the method as a part of a span's name. By OpenTelemetry's conventions, HTTP stands for others. */
    public static String named(String method) {
        return method.length() > MAX_METHOD ? "HTTP" : method;
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }

    /** Estimates the memory in bytes. */
    public int size() {
        int size = 512 + name.length() + 64 * events.size();
        for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
            size += 128
                    + attribute.getKey().length()
                    + (attribute.getValue() instanceof String text ? text.length() : 0);
        }
        return size;
    }
}
