package io.gatehouse.proxy.client;

import io.gatehouse.config.ClientLimits;
import io.gatehouse.connection.Draining;
import io.gatehouse.connection.LingeringClose;
import io.gatehouse.connection.Resets;
import io.gatehouse.proxy.head.OwnFields;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Registers the client connections of one event loop, and closes those that stay idle for {@code proxy.idle-timeout}.
 *
 * <p><i>Threading</i>: used by its event loop alone.
 *
 * <p><i>Why</i>: an idle timeout of the HTTP server would also close connections that wait for a slow upstream. The timeouts of
 * the Service apply to those.
 */
public final class ClientConnections {
    /** Checks during one {@code proxy.idle-timeout}. */
    private static final int SWEEPS = 12;

    private final Map<HttpConnection, ClientConnection> connections = new HashMap<>();
    private final TrafficCounters counters;
    private final RequestObserver observer;
    private final ClientLimits limits;
    private final UploadBudget uploads;
    private final StreamBudget streams;
    private final OwnFields fields;
    private boolean draining;

    /** {@code fields} are those of the responses that the connections send themselves. */
    public ClientConnections(
            Vertx vertx,
            TrafficCounters counters,
            RequestObserver observer,
            ClientLimits limits,
            UploadBudget uploads,
            StreamBudget streams,
            OwnFields fields) {
        this.counters = counters;
        this.observer = observer;
        this.limits = limits;
        this.uploads = uploads;
        this.streams = streams;
        this.fields = fields;
        vertx.setPeriodic(Math.max(1, limits.idleTimeout().dividedBy(SWEEPS).toMillis()), timer -> sweep());
    }

    /** Registers a new connection. */
    public void opened(HttpConnection connection) {
        LingeringClose.on(connection);
        connections.put(connection, ClientConnection.on(connection, counters, limits, uploads, streams));
        counters.connectionOpened();
        if (draining) {
            Draining.begin(connection);
        }
        // Registered on the channel: an upgrade to a WebSocket removes the close handler of the connection.
        ((ConnectionBase) connection).channel().closeFuture().addListener(closed -> closed(connection));
    }

    private void closed(HttpConnection connection) {
        counters.connectionClosed();
        ClientConnection closed = connections.remove(connection);
        if (closed != null) {
            closed.closed();
        }
    }

    /** Closes each connection with its next response. HTTP/2 connections close with the listener. */
    public void drain() {
        draining = true;
        connections.keySet().forEach(Draining::begin);
    }

    /**
     * Counts a request until its response has ended. Returns null if the request must not be served: a previous response on the
     * connection carried {@code Connection: close}, or too many requests are in flight, and it has been refused.
     */
    @Nullable
    public Observation serve(HttpServerRequest request) {
        ClientConnection registered = connections.get(request.connection());
        ClientConnection connection = registered == null ? ClientConnection.closed(counters, limits) : registered;
        if (connection.isClosing()) {
            return null;
        }
        if (!connection.admits()) {
            streams.refuse(request);
            return null;
        }
        Observation observation = new Observation(connection, observer, request);
        connection.began(observation);
        request.response().endHandler(observation);
        return observation;
    }

    private void sweep() {
        long now = System.nanoTime();
        // A copy, because closing a connection removes it from the map.
        for (Map.Entry<HttpConnection, ClientConnection> entry : new ArrayList<>(connections.entrySet())) {
            ClientConnection connection = entry.getValue();
            connection.checkBodies(now);
            if (connection.isUntaken(now)) {
                // A close waits until the client has taken every byte.
                Resets.now(entry.getKey());
            } else if (connection.isExpired(now)) {
                close(entry.getKey(), connection.partialHead());
            }
        }
    }

    private void close(HttpConnection connection, @Nullable PartialHeadDetector head) {
        if (head == null) {
            connection.close();
        } else {
            head.timeout(fields);
        }
    }
}
