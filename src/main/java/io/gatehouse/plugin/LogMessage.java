package io.gatehouse.plugin;

import io.gatehouse.entity.DefaultWorkspace;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes a finished request as Kong's logs do (docs/reference/plugins.md#the-log-message). */
public final class LogMessage {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private LogMessage() {}

    /** Returns the message as a new object, which the caller may change. */
    public static JsonObject of(FinishedRequest finished) {
        Identity identity = finished.identity();
        JsonObject message = new JsonObject()
                .put("request", request(finished))
                .put(
                        "response",
                        new JsonObject()
                                .put("status", finished.status())
                                .put("headers", values(finished.responseHeaders()))
                                .put("size", finished.responseBytes()))
                .put("latencies", latencies(finished.latencies()))
                .put("tries", tries(finished.attempts()))
                .put("upstream_uri", finished.upstreamTarget() == null ? "" : finished.upstreamTarget())
                .put("client_ip", finished.clientAddress())
                .put("started_at", finished.startedAtMillis())
                .put("source", finished.isUpstreams() ? "upstream" : "kong")
                .put("workspace", DefaultWorkspace.ID.toString())
                .put("workspace_name", DefaultWorkspace.NAME);
        JsonObject traceIds = new JsonObject();
        finished.traces().values().forEach(trace -> trace.formats().forEach(traceIds::put));
        if (!traceIds.isEmpty()) {
            message.put("trace_id", traceIds);
        }
        if (finished.correlationId() != null) {
            message.put("correlation_id", finished.correlationId());
        }
        if (finished.upstreamStatus() != 0) {
            message.put("upstream_status", Integer.toString(finished.upstreamStatus()));
        }
        if (finished.route() != null) {
            message.put("route", route(finished.route()));
        }
        if (finished.service() != null) {
            message.put("service", service(finished.service()));
        }
        if (identity != null && identity.consumerId() != null) {
            message.put(
                    "consumer",
                    withoutNulls(new JsonObject()
                            .put("id", identity.consumerId().toString())
                            .put("username", identity.consumerUsername())
                            .put("custom_id", identity.consumerCustomId())));
            if (!identity.isAnonymous()) {
                message.put(
                        "authenticated_entity",
                        new JsonObject()
                                .put("consumer_id", identity.consumerId().toString()));
            }
        }
        return message;
    }

    private static JsonObject request(FinishedRequest finished) {
        JsonObject request = new JsonObject()
                .put("id", finished.requestId())
                .put("method", finished.method())
                .put("uri", finished.target())
                .put("url", finished.url())
                .put("querystring", values(finished.query()))
                .put("headers", values(finished.requestHeaders()))
                .put("size", finished.requestBytes());
        FinishedRequest.Tls tls = finished.tls();
        if (tls != null) {
            request.put(
                    "tls",
                    new JsonObject()
                            .put("version", tls.version())
                            .put("cipher", tls.cipher())
                            .put("client_verify", "NONE"));
        }
        return request;
    }

    private static JsonObject latencies(FinishedRequest.Latencies latencies) {
        long upstream = latencies.upstream();
        return new JsonObject()
                .put("request", latencies.total() / NANOS_PER_MILLI)
                .put("kong", latencies.gateway() / NANOS_PER_MILLI)
                .put("proxy", upstream < 0 ? -1 : upstream / NANOS_PER_MILLI)
                .put("receive", latencies.receive() / NANOS_PER_MILLI);
    }

    private static JsonArray tries(List<FinishedRequest.Attempt> attempts) {
        JsonArray tries = new JsonArray();
        for (int i = 0; i < attempts.size(); i++) {
            FinishedRequest.Attempt attempt = attempts.get(i);
            JsonObject described = new JsonObject()
                    .put("ip", attempt.address())
                    .put("port", attempt.port())
                    .put("balancer_start", attempt.startedAtMillis());
            if (attempt.failure() != 0) {
                described
                        .put("state", i + 1 < attempts.size() ? "next" : "failed")
                        .put("code", attempt.failure());
            }
            tries.add(described);
        }
        return tries;
    }

    private static JsonObject route(Route route) {
        return withoutNulls(new JsonObject()
                .put("id", route.id().toString())
                .put("name", route.name())
                .put("protocols", list(route.protocols()))
                .put("methods", list(route.methods()))
                .put("hosts", list(route.hosts()))
                .put("paths", list(route.paths()))
                .put("snis", list(route.snis()))
                .put("https_redirect_status_code", route.httpsRedirectStatusCode())
                .put("regex_priority", route.regexPriority())
                .put("strip_path", route.stripPath())
                .put("path_handling", route.pathHandling() == Route.PathHandling.V1 ? "v1" : "v0")
                .put("preserve_host", route.preserveHost())
                .put("created_at", route.createdAt())
                .put("service", reference(route.serviceId())));
    }

    private static JsonObject service(Service service) {
        return withoutNulls(new JsonObject()
                .put("id", service.id().toString())
                .put("name", service.name())
                .put("protocol", service.protocol())
                .put("host", service.host())
                .put("port", service.port())
                .put("path", service.path())
                .put("retries", service.retries())
                .put("connect_timeout", service.connectTimeout())
                .put("write_timeout", service.writeTimeout())
                .put("read_timeout", service.readTimeout())
                .put("enabled", service.enabled()));
    }

    private static @Nullable JsonObject reference(@Nullable UUID id) {
        return id == null ? null : new JsonObject().put("id", id.toString());
    }

    private static @Nullable JsonArray list(Collection<String> values) {
        return values.isEmpty() ? null : new JsonArray(List.copyOf(values));
    }

    private static JsonObject withoutNulls(JsonObject object) {
        object.getMap().values().removeIf(value -> value == null);
        return object;
    }

    /** Returns one value or all. As in Kong, true represents a parameter without a value. */
    private static JsonObject values(Map<String, List<String>> all) {
        JsonObject shown = new JsonObject();
        all.forEach((name, values) ->
                shown.put(name, values.isEmpty() ? true : values.size() == 1 ? values.get(0) : new JsonArray(values)));
        return shown;
    }
}
