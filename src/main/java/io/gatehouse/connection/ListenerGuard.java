package io.gatehouse.connection;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits the clients of a listener whose requests are short: the size of a head, the number of connections, and the time for a head,
 * for a request with its response, and between two requests.
 *
 * <p>The proxy has limits of its own, because its requests last as long as their upstream takes.
 *
 * <p><i>Threading</i>: one for each listener, used by its event loop. Only a response may end on another thread.
 */
public final class ListenerGuard {
    private static final int MAX_HEAD_BYTES = 32 * 1024;
    private static final int MAX_CONNECTIONS = 512;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** Checks during one limit. */
    private static final int SWEEPS = 12;

    private final Map<HttpConnection, State> connections = new HashMap<>();
    private final int maxConnections;
    private final Duration limit;

    /** One connection, which serves one request at a time. */
    private static final class State {
        private volatile boolean isServing;
        /** The time when the connection was opened, its request began, or its last response ended. */
        private volatile long since = System.nanoTime();

        void serve(boolean serving) {
            isServing = serving;
            since = System.nanoTime();
        }
    }

    public ListenerGuard(Vertx vertx) {
        this(vertx, MAX_CONNECTIONS, LIMIT);
    }

    public ListenerGuard(Vertx vertx, int maxConnections, Duration limit) {
        this.maxConnections = maxConnections;
        this.limit = limit;
        vertx.setPeriodic(limit.dividedBy(SWEEPS).toMillis(), timer -> sweep());
    }

    /** Returns the options of a listener for HTTP/1.1 alone, with limited heads. */
    public static HttpServerOptions options() {
        return new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setMaxInitialLineLength(MAX_HEAD_BYTES)
                .setMaxHeaderSize(MAX_HEAD_BYTES);
    }

    /** Registers a new connection. If there are too many, closes the one that has been idle longest, or the new one if none is. */
    public void opened(HttpConnection connection) {
        if (connections.size() >= maxConnections && !makeRoom()) {
            connection.close();
            return;
        }
        LingeringClose.on(connection);
        connections.put(connection, new State());
        connection.closeHandler(closed -> connections.remove(connection));
    }

    /** Registers a request. Must be called before its response can end. */
    public void began(HttpServerRequest request) {
        State state = connections.get(request.connection());
        if (state != null) {
            state.serve(true);
            request.response().endHandler(ended -> state.serve(false));
        }
    }

    private boolean makeRoom() {
        @Nullable HttpConnection idlest = null;
        long longest = -1;
        long now = System.nanoTime();
        for (Map.Entry<HttpConnection, State> entry : connections.entrySet()) {
            long idle = now - entry.getValue().since;
            if (!entry.getValue().isServing && idle > longest) {
                idlest = entry.getKey();
                longest = idle;
            }
        }
        if (idlest == null) {
            return false;
        }
        connections.remove(idlest);
        idlest.close();
        return true;
    }

    private void sweep() {
        long now = System.nanoTime();
        // A copy, because closing a connection removes it from the map.
        new ArrayList<>(connections.entrySet()).forEach(entry -> {
            if (now - entry.getValue().since > limit.toNanos()) {
                entry.getKey().close();
            }
        });
    }
}
