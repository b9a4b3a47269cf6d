package io.gatehouse.plugin.log.tracing;

import io.gatehouse.plugin.PluginTrace;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the trace headers of each format that Kong knows. */
final class Injectors {
    static final String JAEGER_BAGGAGE = "uberctx-";
    static final String OT_BAGGAGE = "ot-baggage-";
    static final String B3 = "b3";
    static final String B3_SINGLE = "b3-single";

    private static final int AWS_TIME = 8;

    private Injectors() {}

    /**
     * Returns the headers of a format.
     *
     * @param incoming decides on the length of the id, which some formats leave open, and has the baggage
     */
    static Map<String, String> headers(String format, PluginTrace trace, IncomingTrace incoming) {
        String id = id(format, trace, incoming);
        String span = trace.upstreamSpan();
        String parent = trace.requestSpan();
        String sampled = trace.isSampled() ? "1" : "0";
        Map<String, String> headers = new LinkedHashMap<>();
        switch (format) {
            case B3 -> {
                headers.put("x-b3-traceid", id);
                headers.put("x-b3-spanid", span);
                headers.put("x-b3-parentspanid", parent);
                headers.put(incoming.isDebug() ? "x-b3-flags" : "x-b3-sampled", incoming.isDebug() ? "1" : sampled);
            }
            case B3_SINGLE ->
                headers.put("b3", id + "-" + span + "-" + (incoming.isDebug() ? "d" : sampled) + "-" + parent);
            case "jaeger" -> {
                headers.put("uber-trace-id", id + ":" + span + ":" + parent + ":0" + sampled);
                incoming.baggage().forEach((name, value) -> headers.put(JAEGER_BAGGAGE + name, value));
            }
            case "ot" -> {
                headers.put("ot-tracer-traceid", id);
                headers.put("ot-tracer-spanid", span);
                headers.put("ot-tracer-sampled", sampled);
                incoming.baggage().forEach((name, value) -> headers.put(OT_BAGGAGE + name, value));
            }
            case "datadog" -> {
                headers.put("x-datadog-trace-id", TraceIdText.decimal(id));
                headers.put("x-datadog-parent-id", TraceIdText.decimal(span));
                headers.put("x-datadog-sampling-priority", sampled);
            }
            case "aws" ->
                headers.put(
                        "x-amzn-trace-id",
                        "Root=1-" + id.substring(0, AWS_TIME) + "-" + id.substring(AWS_TIME) + ";Parent=" + span
                                + ";Sampled=" + sampled);
            case "gcp" -> headers.put("x-cloud-trace-context", id + "/" + TraceIdText.decimal(span) + ";o=" + sampled);
            default -> headers.put("traceparent", "00-" + id + "-" + span + "-0" + sampled);
        }
        return headers;
    }

    /** Returns the id in the form of a log message's {@code trace_id}. */
    static String logged(String format, PluginTrace trace, IncomingTrace incoming) {
        String id = id(format, trace, incoming);
        return format.equals("datadog") ? TraceIdText.decimal(id) : id;
    }

    private static String id(String format, PluginTrace trace, IncomingTrace incoming) {
        int given = incoming.traceId() == null ? 0 : incoming.traceId().length();
        int length = switch (format) {
            case B3, B3_SINGLE, "jaeger" -> given == TraceIdText.SPAN ? given : TraceIdText.TRACE;
            case "ot" -> given == TraceIdText.TRACE ? given : TraceIdText.SPAN;
            case "datadog" -> TraceIdText.SPAN;
            default -> TraceIdText.TRACE;
        };
        return TraceIdText.resized(trace.traceId(), length);
    }
}
