package io.gatehouse.telemetry;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A request that has ended, in the access log.
 *
 * <p><i>Invariant</i>: it has no query, because a query may contain a token.
 *
 * @param traceId of the request's W3C trace
 * @param host null if the request names none, or a malformed one
 * @param path normalised; null if the request target is malformed
 * @param status 499 if the client left before the head of the response
 * @param source the origin of the response: {@code upstream} or {@code gateway}
 * @param fault the cause of a failure: {@code none}, {@code client}, {@code gateway} or {@code upstream}
 * @param route name or id; null without a route
 * @param consumer username, custom id or id; null if the request is not authenticated
 * @param complete whether the whole response was written
 * @param requestBytes of the body as received
 * @param responseBytes of the body as sent
 * @param durationNanos from the head of the request to the last byte of the response
 * @param gatewayNanos from the head of the request until it was forwarded, or until the gateway's own response
 * @param upstreamNanos from then to the head of the upstream's response; negative if the request was not forwarded
 */
public record AccessEntry(
        String requestId,
        String traceId,
        String clientAddress,
        String protocol,
        String method,
        @Nullable String host,
        @Nullable String path,
        int status,
        String source,
        String fault,
        boolean complete,
        @Nullable String route,
        @Nullable String service,
        @Nullable String consumer,
        long requestBytes,
        long responseBytes,
        long durationNanos,
        long gatewayNanos,
        long upstreamNanos)
        implements AccessLine {
    private static final int NANOS_PER_MICRO = 1_000;
    private static final double MICROS_PER_MILLI = 1_000;
    /** The most characters of a text that a client chooses. */
    private static final int MAX_TEXT = 1_024;
    /** Marks a text that is not whole. No request target contains it. */
    private static final String CUT = "…";

    /**
     * Returns the entry with the method, host and path cut to 1,024 characters and a mark. Lines wait in memory if the
     * log's reader is slow.
     */
    public AccessEntry shortened() {
        if (method.length() <= MAX_TEXT && AccessLine.count(host) <= MAX_TEXT && AccessLine.count(path) <= MAX_TEXT) {
            return this;
        }
        return new AccessEntry(
                requestId,
                traceId,
                clientAddress,
                protocol,
                cut(method),
                host == null ? null : cut(host),
                path == null ? null : cut(path),
                status,
                source,
                fault,
                complete,
                route,
                service,
                consumer,
                requestBytes,
                responseBytes,
                durationNanos,
                gatewayNanos,
                upstreamNanos);
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + CUT;
    }

    @Override
    public int characters() {
        return requestId.length()
                + traceId.length()
                + clientAddress.length()
                + method.length()
                + AccessLine.count(host)
                + AccessLine.count(path)
                + AccessLine.count(route)
                + AccessLine.count(service)
                + AccessLine.count(consumer);
    }

    @Override
    public void writeTo(JsonGenerator json) throws IOException {
        json.writeStringField("request_id", requestId);
        json.writeStringField("trace_id", traceId);
        json.writeStringField("client", clientAddress);
        json.writeStringField("protocol", protocol);
        json.writeStringField("method", method);
        writeIfPresent(json, "host", host);
        writeIfPresent(json, "path", path);
        json.writeNumberField("status", status);
        json.writeStringField("source", source);
        json.writeStringField("fault", fault);
        json.writeBooleanField("complete", complete);
        writeIfPresent(json, "route", route);
        writeIfPresent(json, "service", service);
        writeIfPresent(json, "consumer", consumer);
        json.writeNumberField("request_bytes", requestBytes);
        json.writeNumberField("response_bytes", responseBytes);
        json.writeNumberField("duration_ms", millis(durationNanos));
        json.writeNumberField("gateway_ms", millis(gatewayNanos));
        if (upstreamNanos >= 0) {
            json.writeNumberField("upstream_ms", millis(upstreamNanos));
        }
    }

    static void writeIfPresent(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    /** Returns milliseconds with three decimals, because the gateway's share is below one. */
    static double millis(long nanos) {
        long micros = nanos / NANOS_PER_MICRO;
        return micros / MICROS_PER_MILLI;
    }

    /** Returns the line of the text format. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder()
                .append(clientAddress)
                .append(' ')
                .append(method)
                .append(' ')
                .append(host == null ? "-" : host)
                .append(path == null ? " -" : path)
                .append(' ')
                .append(status)
                .append(complete ? "" : " (incomplete)")
                .append(' ')
                .append(millis(durationNanos))
                .append(" ms (gateway ")
                .append(millis(gatewayNanos));
        if (upstreamNanos >= 0) {
            line.append(", upstream ").append(millis(upstreamNanos));
        }
        line.append(") ").append(responseBytes).append(" bytes from ").append(source);
        appendIfPresent(line, "route", route);
        appendIfPresent(line, "service", service);
        appendIfPresent(line, "consumer", consumer);
        return line.append(" request=")
                .append(requestId)
                .append(" trace=")
                .append(traceId)
                .toString();
    }

    static void appendIfPresent(StringBuilder line, String name, @Nullable String value) {
        if (value != null) {
            line.append(' ').append(name).append('=').append(value);
        }
    }
}
