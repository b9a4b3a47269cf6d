package io.gatehouse.telemetry;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One line of the access log: a request that has ended. Never its query, which may hold tokens.
 *
 * @param traceId of the W3C trace it belongs to
 * @param host null when the request names none, or one that makes no sense
 * @param path normalised; null when the target makes no sense
 * @param status 499 when the client left before it was answered
 * @param source who answered: {@code upstream} or {@code gateway}
 * @param fault whose doing it was: {@code none}, {@code client}, {@code gateway} or {@code upstream}
 * @param route name or id; null without a route
 * @param consumer username, custom id or id; null when nobody is known
 * @param complete whether the whole answer was written
 * @param requestBytes of the body as received
 * @param responseBytes of the body as sent
 * @param durationNanos from the request's head to the last byte of its answer
 * @param gatewayNanos until it was handed to the upstream, or was answered
 * @param upstreamNanos from then to the head of the upstream's answer; negative when no upstream was asked
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
        long upstreamNanos) {
    /** The logger these lines are logged with, as the only argument. */
    public static final String LOGGER = "gatehouse.access";

    private static final int NANOS_PER_MICRO = 1_000;
    private static final double MICROS_PER_MILLI = 1_000;

    /** Writes the members of a JSON object; what is not known is left out. */
    public void writeTo(JsonGenerator json) throws IOException {
        json.writeStringField("request_id", requestId);
        json.writeStringField("trace_id", traceId);
        json.writeStringField("client", clientAddress);
        json.writeStringField("protocol", protocol);
        json.writeStringField("method", method);
        writeIfKnown(json, "host", host);
        writeIfKnown(json, "path", path);
        json.writeNumberField("status", status);
        json.writeStringField("source", source);
        json.writeStringField("fault", fault);
        json.writeBooleanField("complete", complete);
        writeIfKnown(json, "route", route);
        writeIfKnown(json, "service", service);
        writeIfKnown(json, "consumer", consumer);
        json.writeNumberField("request_bytes", requestBytes);
        json.writeNumberField("response_bytes", responseBytes);
        json.writeNumberField("duration_ms", millis(durationNanos));
        json.writeNumberField("gateway_ms", millis(gatewayNanos));
        if (upstreamNanos >= 0) {
            json.writeNumberField("upstream_ms", millis(upstreamNanos));
        }
    }

    private static void writeIfKnown(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    /** With three decimals: the gateway's own share is a fraction of one. */
    private static double millis(long nanos) {
        long micros = nanos / NANOS_PER_MICRO;
        return micros / MICROS_PER_MILLI;
    }

    /** The line people read. */
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
                .append(complete ? "" : " (broken off)")
                .append(' ')
                .append(millis(durationNanos))
                .append(" ms (gateway ")
                .append(millis(gatewayNanos));
        if (upstreamNanos >= 0) {
            line.append(", upstream ").append(millis(upstreamNanos));
        }
        line.append(") ").append(responseBytes).append(" bytes from ").append(source);
        appendIfKnown(line, "route", route);
        appendIfKnown(line, "service", service);
        appendIfKnown(line, "consumer", consumer);
        return line.append(" request=")
                .append(requestId)
                .append(" trace=")
                .append(traceId)
                .toString();
    }

    private static void appendIfKnown(StringBuilder line, String name, @Nullable String value) {
        if (value != null) {
            line.append(' ').append(name).append('=').append(value);
        }
    }
}
