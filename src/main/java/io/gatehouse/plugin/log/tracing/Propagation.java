package io.gatehouse.plugin.log.tracing;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.PluginTrace;
import io.gatehouse.schema.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Passes a trace from the client's headers to the upstream's: Kong's {@code propagation}, or the {@code header_type} in its place.
 *
 * @param extract formats in which the client's headers are read; the first that is found counts
 * @param clear names of headers that the upstream does not receive
 * @param inject formats of the upstream's headers
 * @param defaultFormat in the place of {@code preserve} if no format is found
 */
record Propagation(List<String> extract, List<String> clear, List<String> inject, String defaultFormat) {
    private static final String PRESERVE = "preserve";
    private static final List<String> ALL = List.of("b3", "w3c", "jaeger", "ot", "datadog", "aws", "gcp");

    /**
     * Holds the client's trace.
     *
     * @param format null if the headers have none
     */
    record Found(@Nullable String format, IncomingTrace trace) {
        private static final Found NOTHING = new Found(null, IncomingTrace.NONE);
    }

    static Propagation of(Document config) {
        Document given = config.record("propagation");
        List<String> extract = given.strings("extract");
        List<String> clear = given.strings("clear");
        List<String> inject = given.strings("inject");
        String format = given.string("default_format");
        if (given.get("extract") != null || given.get("clear") != null || given.get("inject") != null) {
            return new Propagation(extract, clear, inject, format);
        }
        if (config.get("default_header_type") != null) {
            format = config.string("default_header_type");
        }
        String type = config.optionalString("header_type");
        if (type == null) {
            return new Propagation(List.of(), List.of(), List.of(), format);
        }
        return switch (type) {
            case PRESERVE -> new Propagation(ALL, List.of(), List.of(PRESERVE), format);
            case "ignore" -> new Propagation(List.of(), List.of(), List.of(format), format);
            default -> new Propagation(ALL, List.of(), List.of(PRESERVE, type), format);
        };
    }

    /** Reads the client's headers. A malformed header does not keep another format from being found. */
    Found find(TraceHeaders headers) {
        for (String format : extract) {
            IncomingTrace trace = Extractors.read(format, headers);
            if (trace != null) {
                return new Found(format, trace);
            }
        }
        return Found.NOTHING;
    }

    /** Sets the headers of the upstream request. Returns the ids of the trace by format, for logs. */
    Map<String, String> inject(Exchange exchange, Found found, PluginTrace trace) {
        clear.forEach(exchange::hideHeader);
        Map<String, String> ids = new LinkedHashMap<>();
        for (String wanted : inject) {
            String format = wanted.equals(PRESERVE) ? preserved(found) : wanted;
            Injectors.headers(format, trace, found.trace()).forEach(exchange::requestIdHeader);
            ids.put(
                    format.equals(Injectors.B3_SINGLE) ? Injectors.B3 : format,
                    Injectors.logged(format, trace, found.trace()));
        }
        return ids;
    }

    private String preserved(Found found) {
        if (found.format() == null) {
            return defaultFormat;
        }
        return found.format().equals(Injectors.B3) && found.trace().isSingle() ? Injectors.B3_SINGLE : found.format();
    }
}
