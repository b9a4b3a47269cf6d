package io.gatehouse.plugin.log.tracing;

import io.gatehouse.telemetry.TraceParent;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the trace headers of each format that Kong knows.
 *
 * <p><i>Invariant</i>: a malformed header counts as absent. No expression needs more than linear time.
 */
final class Extractors {
    private static final Pattern B3_SINGLE =
            Pattern.compile("([0-9a-fA-F]{16}|[0-9a-fA-F]{32})-([0-9a-fA-F]{16})(?:-([01d]))?(?:-([0-9a-fA-F]{16}))?");
    private static final Pattern JAEGER =
            Pattern.compile("([0-9a-fA-F]{1,32}):([0-9a-fA-F]{1,16}):([0-9a-fA-F]{1,16}):([0-9a-fA-F]{1,2})");
    private static final Pattern GCP = Pattern.compile("([0-9a-f]{32})/([0-9]{1,20})(?:;o=([0-9]))?");
    private static final Pattern AWS_ROOT = Pattern.compile("1-([0-9a-fA-F]{8})-([0-9a-fA-F]{24})");
    private static final String B3_OF_TRACESTATE = "b3=";
    private static final int RADIX = 16;

    private Extractors() {}

    /** Returns the trace in the headers of a format; null if they have none. The format {@code b3} has two forms. */
    static @Nullable IncomingTrace read(String format, TraceHeaders headers) {
        return switch (format) {
            case "b3" -> b3(headers);
            case "jaeger" -> jaeger(headers);
            case "ot" -> ot(headers);
            case "datadog" -> datadog(headers);
            case "aws" -> aws(headers);
            case "gcp" -> gcp(headers);
            default -> w3c(headers);
        };
    }

    private static @Nullable IncomingTrace b3(TraceHeaders headers) {
        IncomingTrace single = b3Single(headers);
        return single == null ? b3Multiple(headers) : single;
    }

    private static @Nullable IncomingTrace b3Single(TraceHeaders headers) {
        String text = headers.value("b3");
        if (text == null) {
            String state = headers.value("tracestate");
            text = state != null && state.startsWith(B3_OF_TRACESTATE)
                    ? state.substring(B3_OF_TRACESTATE.length())
                    : null;
        }
        if (text == null) {
            return null;
        }
        if (List.of("0", "1", "d").contains(text)) {
            return new IncomingTrace(null, null, null, !text.equals("0"), true, text.equals("d"), true, Map.of());
        }
        Matcher found = B3_SINGLE.matcher(text);
        if (!found.matches()) {
            return null;
        }
        String trace = TraceIdText.trace(found.group(1));
        String span = TraceIdText.exactly(found.group(2), TraceIdText.SPAN);
        String sampled = found.group(3);
        return trace == null || span == null
                ? null
                : new IncomingTrace(
                        trace,
                        span,
                        TraceIdText.exactly(found.group(4), TraceIdText.SPAN),
                        sampled == null ? null : !sampled.equals("0"),
                        true,
                        "d".equals(sampled),
                        true,
                        Map.of());
    }

    private static @Nullable IncomingTrace b3Multiple(TraceHeaders headers) {
        boolean isDebug = "1".equals(headers.value("x-b3-flags"));
        Boolean isSampled = isDebug ? Boolean.TRUE : decision(headers.value("x-b3-sampled"));
        String trace = TraceIdText.trace(headers.value("x-b3-traceid"));
        if (trace == null) {
            return isSampled == null
                    ? null
                    : new IncomingTrace(null, null, null, isSampled, true, isDebug, false, Map.of());
        }
        String span = TraceIdText.exactly(headers.value("x-b3-spanid"), TraceIdText.SPAN);
        String parent = TraceIdText.exactly(headers.value("x-b3-parentspanid"), TraceIdText.SPAN);
        return new IncomingTrace(trace, span, span == null ? null : parent, isSampled, true, isDebug, false, Map.of());
    }

    private static @Nullable Boolean decision(@Nullable String text) {
        if ("1".equals(text) || "true".equals(text)) {
            return true;
        }
        return ("0".equals(text) || "false".equals(text)) ? false : null;
    }

    private static @Nullable IncomingTrace w3c(TraceHeaders headers) {
        String text = headers.value("traceparent");
        TraceParent parent = text == null ? null : TraceParent.parse(text);
        return parent == null
                ? null
                : IncomingTrace.ofCaller(parent.traceId(), parent.parentId(), (parent.flags() & 1) == 1);
    }

    private static @Nullable IncomingTrace jaeger(TraceHeaders headers) {
        String text = headers.value("uber-trace-id");
        Matcher found = JAEGER.matcher(text == null ? "" : text);
        if (!found.matches()) {
            return null;
        }
        String trace = TraceIdText.atMost(
                found.group(1), found.group(1).length() <= TraceIdText.SPAN ? TraceIdText.SPAN : TraceIdText.TRACE);
        String span = TraceIdText.atMost(found.group(2), TraceIdText.SPAN);
        if (trace == null || span == null) {
            return null;
        }
        boolean isSampled = Integer.parseInt(found.group(4), RADIX) % 2 == 1;
        return new IncomingTrace(
                trace,
                span,
                TraceIdText.atMost(found.group(3), TraceIdText.SPAN),
                isSampled,
                true,
                false,
                false,
                headers.withPrefix(Injectors.JAEGER_BAGGAGE));
    }

    private static @Nullable IncomingTrace ot(TraceHeaders headers) {
        IncomingTrace found = IncomingTrace.ofCaller(
                TraceIdText.trace(headers.value("ot-tracer-traceid")),
                TraceIdText.exactly(headers.value("ot-tracer-spanid"), TraceIdText.SPAN),
                decision(headers.value("ot-tracer-sampled")));
        return found == null ? null : found.with(headers.withPrefix(Injectors.OT_BAGGAGE));
    }

    private static @Nullable IncomingTrace datadog(TraceHeaders headers) {
        String priority = headers.value("x-datadog-sampling-priority");
        String trace = headers.value("x-datadog-trace-id");
        String parent = headers.value("x-datadog-parent-id");
        return IncomingTrace.ofCaller(
                trace == null ? null : TraceIdText.ofDecimal(trace.strip(), TraceIdText.TRACE),
                parent == null ? null : TraceIdText.ofDecimal(parent.strip(), TraceIdText.SPAN),
                priority == null ? null : decisionOfDatadog(priority));
    }

    private static @Nullable Boolean decisionOfDatadog(String priority) {
        return switch (priority) {
            case "1", "2" -> true;
            case "0", "-1" -> false;
            default -> null;
        };
    }

    private static @Nullable IncomingTrace aws(TraceHeaders headers) {
        String text = headers.value("x-amzn-trace-id");
        String trace = null;
        String span = null;
        Boolean isSampled = null;
        for (String pair : text == null ? new String[0] : text.split(";", -1)) {
            String[] parts = pair.split("=", -1);
            String value = parts.length == 2 ? parts[1].strip() : "";
            switch (parts[0].strip()) {
                case "Root" -> {
                    Matcher found = AWS_ROOT.matcher(value);
                    trace = found.matches()
                            ? TraceIdText.exactly(found.group(1) + found.group(2), TraceIdText.TRACE)
                            : null;
                }
                case "Parent" -> span = TraceIdText.exactly(value, TraceIdText.SPAN);
                case "Sampled" -> isSampled = value.equals("1") ? Boolean.TRUE : value.equals("0") ? false : null;
                default -> {
                    // Fields of a service that the request has passed.
                }
            }
        }
        return IncomingTrace.ofCaller(trace, span, isSampled);
    }

    private static @Nullable IncomingTrace gcp(TraceHeaders headers) {
        String text = headers.value("x-cloud-trace-context");
        Matcher found = GCP.matcher(text == null ? "" : text);
        if (!found.matches()) {
            return null;
        }
        String trace = TraceIdText.exactly(found.group(1), TraceIdText.TRACE);
        String span = TraceIdText.ofDecimal(found.group(2), TraceIdText.SPAN);
        // As in Kong, a request without the flag is not sampled.
        return trace == null || span == null ? null : IncomingTrace.ofCaller(trace, span, "1".equals(found.group(3)));
    }
}
