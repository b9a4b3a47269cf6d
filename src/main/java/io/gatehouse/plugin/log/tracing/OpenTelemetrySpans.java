package io.gatehouse.plugin.log.tracing;

import io.gatehouse.entity.Route;
import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.FinishedRequest.Attempt;
import io.gatehouse.plugin.PluginTrace;
import io.gatehouse.telemetry.SpanRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Creates the spans that Kong's {@code opentelemetry} plugin sends: the request's, and one for each request to an upstream.
 *
 * <p>The URLs are without the query, which may contain credentials.
 */
final class OpenTelemetrySpans {
    private static final String NAME = "kong";
    private static final int SERVER_ERRORS = 500;

    private OpenTelemetrySpans() {}

    static List<SpanRecord> of(FinishedRequest request, PluginTrace trace) {
        SpanTimes times = SpanTimes.of(request);
        List<SpanRecord> spans = new ArrayList<>();
        spans.add(request(request, trace, times));
        for (int i = 0; i < request.attempts().size(); i++) {
            spans.add(attempt(request, trace, i, times));
        }
        return spans;
    }

    private static SpanRecord request(FinishedRequest request, PluginTrace trace, SpanTimes times) {
        Map<String, Object> attributes = new HashMap<>();
        String host = request.caller().host();
        Route route = request.route();
        attributes.put("http.method", request.method());
        attributes.put("http.url", withoutQuery(request.url()));
        attributes.put("http.host", host == null ? "" : host);
        attributes.put("http.scheme", request.tls() == null ? "http" : "https");
        attributes.put("http.flavor", flavor(request.caller().protocol()));
        attributes.put("http.client_ip", request.clientAddress());
        attributes.put("net.peer.ip", request.caller().address());
        attributes.put("kong.request.id", request.requestId());
        attributes.put("http.status_code", (long) request.status());
        attributes.put("http.route", route == null || route.paths().isEmpty() ? "" : first(route));
        return new SpanRecord(
                trace.traceId(),
                trace.requestSpan(),
                trace.parentSpan(),
                NAME,
                true,
                times.start(),
                times.end(),
                attributes,
                List.of(),
                null,
                request.status() >= SERVER_ERRORS);
    }

    private static SpanRecord attempt(FinishedRequest request, PluginTrace trace, int index, SpanTimes times) {
        List<Attempt> attempts = request.attempts();
        Attempt attempt = attempts.get(index);
        boolean isLast = index + 1 == attempts.size();
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("try_count", index + 1L);
        attributes.put("net.peer.ip", attempt.address());
        attributes.put("net.peer.port", (long) attempt.port());
        attributes.put("http.method", request.method());
        if (request.service() != null) {
            String host = request.service().host();
            attributes.put("net.peer.name", host);
            attributes.put(
                    "http.url",
                    request.service().protocol() + "://" + host
                            + (request.upstreamTarget() == null ? "" : withoutQuery(request.upstreamTarget())));
        }
        if (attempt.failure() != 0) {
            attributes.put("http.status_code", (long) attempt.failure());
        }
        return new SpanRecord(
                trace.traceId(),
                // The upstream received this id, whichever target responded.
                isLast ? trace.upstreamSpan() : TraceIdText.newSpan(),
                trace.requestSpan(),
                NAME + ".balancer",
                false,
                times.within(attempt.startedAtMillis()),
                isLast ? times.end() : times.within(attempts.get(index + 1).startedAtMillis()),
                attributes,
                List.of(),
                null,
                attempt.failure() != 0);
    }

    private static String first(Route route) {
        return String.valueOf(route.paths().iterator().next());
    }

    private static String flavor(String protocol) {
        return protocol.equals("HTTP/2") ? "2.0" : protocol.substring(protocol.indexOf('/') + 1);
    }

    private static String withoutQuery(String url) {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }
}
