package io.gatehouse.telemetry;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a stream listener that has ended, in the access log.
 *
 * @param client address and port
 * @param listener address and port that the client has connected to
 * @param protocol {@code tcp}, {@code tls} or {@code tls_passthrough}
 * @param serverName of the TLS handshake; null if there is none, or a malformed one
 * @param route name or id; null without a route
 * @param target address and port of the upstream; null if there was no connection to one
 * @param end why the connection ended
 * @param receivedBytes from the client
 * @param sentBytes to the client
 * @param durationNanos from accepting the connection until its end
 * @param connectNanos from accepting it to the connection to the upstream; negative if there was none
 */
public record StreamEntry(
        String client,
        String listener,
        String protocol,
        @Nullable String serverName,
        @Nullable String route,
        @Nullable String service,
        @Nullable String target,
        String end,
        long receivedBytes,
        long sentBytes,
        long durationNanos,
        long connectNanos)
        implements AccessLine {

    @Override
    public int characters() {
        return client.length()
                + listener.length()
                + protocol.length()
                + AccessLine.count(serverName)
                + AccessLine.count(route)
                + AccessLine.count(service)
                + AccessLine.count(target)
                + end.length();
    }

    @Override
    public void writeTo(JsonGenerator json) throws IOException {
        json.writeStringField("client", client);
        json.writeStringField("listener", listener);
        json.writeStringField("protocol", protocol);
        AccessEntry.writeIfPresent(json, "server_name", serverName);
        AccessEntry.writeIfPresent(json, "route", route);
        AccessEntry.writeIfPresent(json, "service", service);
        AccessEntry.writeIfPresent(json, "target", target);
        json.writeStringField("end", end);
        json.writeNumberField("received_bytes", receivedBytes);
        json.writeNumberField("sent_bytes", sentBytes);
        json.writeNumberField("duration_ms", AccessEntry.millis(durationNanos));
        if (connectNanos >= 0) {
            json.writeNumberField("connect_ms", AccessEntry.millis(connectNanos));
        }
    }

    @Override
    public String toString() {
        StringBuilder line = new StringBuilder()
                .append(client)
                .append(' ')
                .append(protocol)
                .append(' ')
                .append(listener)
                .append(' ')
                .append(end)
                .append(' ')
                .append(AccessEntry.millis(durationNanos))
                .append(" ms ");
        if (connectNanos >= 0) {
            line.append("(connect ").append(AccessEntry.millis(connectNanos)).append(") ");
        }
        line.append(receivedBytes).append(" bytes received, ").append(sentBytes).append(" sent");
        AccessEntry.appendIfPresent(line, "server_name", serverName);
        AccessEntry.appendIfPresent(line, "route", route);
        AccessEntry.appendIfPresent(line, "service", service);
        AccessEntry.appendIfPresent(line, "target", target);
        return line.toString();
    }
}
