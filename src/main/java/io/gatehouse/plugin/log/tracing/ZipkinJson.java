package io.gatehouse.plugin.log.tracing;

import io.gatehouse.syntax.IpRange;
import io.gatehouse.telemetry.SpanRecord;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes spans as Zipkin's collectors read them (Zipkin API v2, {@code POST /spans}). */
final class ZipkinJson {
    private ZipkinJson() {}

    static Buffer of(List<SpanRecord> spans, String localService) {
        JsonArray all = new JsonArray();
        spans.forEach(span -> all.add(of(span, localService)));
        return all.toBuffer();
    }

    private static JsonObject of(SpanRecord span, String localService) {
        JsonObject json = new JsonObject()
                .put("traceId", span.traceId())
                .put("name", span.name())
                .put("id", span.spanId())
                .put("kind", span.isServer() ? "SERVER" : "CLIENT")
                .put("timestamp", span.startMicros())
                // Zipkin takes 0 for an unknown duration.
                .put("duration", Math.max(1, span.endMicros() - span.startMicros()))
                .put("localEndpoint", new JsonObject().put("serviceName", localService));
        if (span.parentId() != null) {
            json.put("parentId", span.parentId());
        }
        JsonObject remote = endpoint(span.peer());
        if (!remote.isEmpty()) {
            json.put("remoteEndpoint", remote);
        }
        JsonObject tags = new JsonObject();
        span.attributes().forEach((name, value) -> {
            if (!value.equals("")) {
                tags.put(name, value.toString());
            }
        });
        json.put("tags", tags);
        if (!span.events().isEmpty()) {
            JsonArray annotations = new JsonArray();
            span.events()
                    .forEach(event -> annotations.add(
                            new JsonObject().put("value", event.name()).put("timestamp", event.micros())));
            json.put("annotations", annotations);
        }
        return json;
    }

    private static JsonObject endpoint(SpanRecord.@Nullable Peer peer) {
        JsonObject endpoint = new JsonObject();
        if (peer == null) {
            return endpoint;
        }
        if (peer.service() != null) {
            endpoint.put("serviceName", peer.service());
        }
        String address = peer.address();
        if (address != null && address.indexOf(':') >= 0) {
            endpoint.put("ipv6", address);
        } else if (address != null && IpRange.address(address) != null) {
            endpoint.put("ipv4", address);
        }
        if (peer.port() > 0) {
            endpoint.put("port", peer.port());
        }
        return endpoint;
    }
}
