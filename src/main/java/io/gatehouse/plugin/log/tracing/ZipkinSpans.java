package io.gatehouse.plugin.log.tracing;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.entity.plugin.field.ZipkinTags;
import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.FinishedRequest.Attempt;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.PluginTrace;
import io.gatehouse.telemetry.SpanRecord;
import io.gatehouse.telemetry.SpanRecord.Event;
import io.gatehouse.telemetry.SpanRecord.Peer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Creates the spans that Kong's {@code zipkin} plugin sends: the request's, the proxy's, and one for each request to an upstream. */
final class ZipkinSpans {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final ZipkinConfig config;
    private final String nodeId;

    ZipkinSpans(ZipkinConfig config, String nodeId) {
        this.config = config;
        this.nodeId = nodeId;
    }

    List<SpanRecord> of(FinishedRequest request, PluginTrace trace) {
        SpanTimes times = SpanTimes.of(request);
        String method = SpanRecord.named(request.method());
        String name = config.namesPath() ? method + " " + request.path() : method;
        List<SpanRecord> spans = new ArrayList<>();
        for (int i = 0; i < request.attempts().size(); i++) {
            spans.add(attempt(request, trace, i, name, times));
        }
        spans.add(proxy(request, trace, name, times));
        spans.add(request(request, trace, name, times));
        return spans;
    }

    private SpanRecord request(FinishedRequest request, PluginTrace trace, String name, SpanTimes times) {
        Map<String, Object> tags = new HashMap<>();
        RequestTags.of(request.requestHeaders().getOrDefault(config.tagsHeader(), List.of()))
                .forEach((tag, value) -> {
                    if (!ZipkinTags.OF_GATEWAY.contains(tag)) {
                        tags.put(tag, value);
                    }
                });
        tags.putAll(config.staticTags());
        tags.put("lc", "kong");
        tags.put("http.method", request.method());
        tags.put("http.path", request.path());
        tags.put("http.protocol", request.caller().protocol());
        tags.put("http.status_code", (long) request.status());
        tags.put("kong.node.id", nodeId);
        if (request.caller().host() != null) {
            tags.put("http.host", request.caller().host());
        }
        Identity identity = request.identity();
        if (identity != null) {
            if (identity.consumerId() != null) {
                tags.put("kong.consumer", identity.consumerId().toString());
            }
            if (config.includesCredential() && identity.credentialIdentifier() != null) {
                tags.put("kong.credential", identity.credentialIdentifier());
            }
        }
        List<Event> events = List.of();
        if (config.annotates()) {
            events = List.of(new Event("krs", times.start()), new Event("krf", times.start()));
        } else {
            tags.put("kong.rewrite.duration_ms", 0L);
        }
        return new SpanRecord(
                trace.traceId(),
                trace.requestSpan(),
                trace.parentSpan(),
                name,
                true,
                times.start(),
                times.end(),
                tags,
                events,
                new Peer(
                        config.defaultServiceName(),
                        request.clientAddress(),
                        request.caller().port()),
                false);
    }

    private SpanRecord proxy(FinishedRequest request, PluginTrace trace, String name, SpanTimes times) {
        Map<String, Object> tags = tagsOfRoute(request);
        Service service = request.service();
        List<Attempt> attempts = request.attempts();
        if (!attempts.isEmpty() && service != null) {
            tags.put("peer.hostname", service.host());
        }
        List<Event> events = List.of();
        if (config.annotates()) {
            events = List.of(
                    new Event("kas", times.start()),
                    new Event("kaf", times.forwarded()),
                    new Event("khs", times.responded()),
                    new Event("khf", times.responded()),
                    new Event("kbs", times.responded()),
                    new Event("kbf", times.end()));
        } else {
            tags.put("kong.access.duration_ms", request.latencies().gateway() / NANOS_PER_MILLI);
            tags.put("kong.header_filter.duration_ms", 0L);
            tags.put("kong.body_filter.duration_ms", request.latencies().receive() / NANOS_PER_MILLI);
        }
        Attempt last = attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
        return new SpanRecord(
                trace.traceId(),
                trace.upstreamSpan(),
                trace.requestSpan(),
                name + " (proxy)",
                false,
                times.start(),
                times.end(),
                tags,
                events,
                peer(service, last),
                false);
    }

    private SpanRecord attempt(FinishedRequest request, PluginTrace trace, int index, String name, SpanTimes times) {
        List<Attempt> attempts = request.attempts();
        Attempt attempt = attempts.get(index);
        boolean isLast = index + 1 == attempts.size();
        Map<String, Object> tags = tagsOfRoute(request);
        tags.put("kong.balancer.try", index + 1L);
        if (!isLast) {
            tags.put("error", true);
            tags.put("kong.balancer.state", "next");
            tags.put("http.status_code", (long) attempt.failure());
        }
        return new SpanRecord(
                trace.traceId(),
                TraceIdText.newSpan(),
                trace.requestSpan(),
                name + " (balancer try " + (index + 1) + ")",
                false,
                times.within(attempt.startedAtMillis()),
                isLast
                        ? times.responded()
                        : times.within(attempts.get(index + 1).startedAtMillis()),
                tags,
                List.of(),
                peer(request.service(), attempt),
                !isLast);
    }

    private static Map<String, Object> tagsOfRoute(FinishedRequest request) {
        Map<String, Object> tags = new HashMap<>();
        Service service = request.service();
        if (service != null) {
            tags.put("kong.service", service.id().toString());
            if (service.name() != null) {
                tags.put("kong.service_name", service.name());
            }
        }
        Route route = request.route();
        if (route != null) {
            tags.put("kong.route", route.id().toString());
            if (route.name() != null) {
                tags.put("kong.route_name", route.name());
            }
        }
        return tags;
    }

    private @Nullable Peer peer(@Nullable Service service, @Nullable Attempt attempt) {
        String name = service == null || service.name() == null ? config.defaultServiceName() : service.name();
        if (attempt == null) {
            return name == null ? null : new Peer(name, null, 0);
        }
        return new Peer(name, attempt.address(), attempt.port());
    }
}
