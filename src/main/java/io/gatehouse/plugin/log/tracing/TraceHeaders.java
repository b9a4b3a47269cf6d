package io.gatehouse.plugin.log.tracing;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.FinishedRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Presents the trace headers of a request.
 *
 * <p><i>Invariant</i>: of a header that a client sends more than once, or with more than 256 characters, there is no value. At most
 * 32 headers of baggage with 4,096 characters in all are read.
 */
final class TraceHeaders {
    private static final int MAX_VALUE = 256;
    private static final int MAX_BAGGAGE = 32;
    private static final int MAX_BAGGAGE_CHARACTERS = 4_096;

    private final Function<String, List<String>> values;
    private final Supplier<Set<String>> names;

    private TraceHeaders(Function<String, List<String>> values, Supplier<Set<String>> names) {
        this.values = values;
        this.names = names;
    }

    /** Returns the headers of the client, after the changes of a plugin that has traced the request before. */
    static TraceHeaders of(Exchange exchange) {
        Supplier<Set<String>> names = () -> exchange.request().headers().names();
        if (!exchange.isTracedByPlugin()) {
            return new TraceHeaders(exchange::headers, names);
        }
        Function<String, List<String>> changed = exchange.upstreamHeaders();
        return new TraceHeaders(
                name -> {
                    List<String> found = changed.apply(name);
                    // The gateway sets these two itself, so they are not among the client's.
                    return found.isEmpty() && name.startsWith("trace") ? exchange.headers(name) : found;
                },
                names);
    }

    /** Returns the headers of the client, for a request that was rejected before the plugin ran. */
    static TraceHeaders of(FinishedRequest request) {
        Map<String, List<String>> headers = request.requestHeaders();
        return new TraceHeaders(name -> headers.getOrDefault(name, List.of()), headers::keySet);
    }

    /** Returns the value; null if there is none, or several. */
    @Nullable
    String value(String name) {
        List<String> found = values.apply(name);
        return found.size() == 1 && found.get(0).length() <= MAX_VALUE ? found.get(0) : null;
    }

    /** Returns the headers that begin with the prefix, without it. */
    Map<String, String> withPrefix(String prefix) {
        Map<String, String> baggage = new LinkedHashMap<>();
        int characters = 0;
        for (String name : names.get()) {
            if (name.length() > prefix.length() && name.regionMatches(true, 0, prefix, 0, prefix.length())) {
                String value = value(name);
                characters += name.length() + (value == null ? 0 : value.length());
                if (value != null && baggage.size() < MAX_BAGGAGE && characters <= MAX_BAGGAGE_CHARACTERS) {
                    baggage.put(name.substring(prefix.length()).toLowerCase(Locale.ROOT), value);
                }
            }
        }
        return baggage;
    }
}
