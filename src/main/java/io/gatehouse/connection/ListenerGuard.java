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
 * Bounds what clients may hold of a listener whose requests are short: the size of a head, the number of connections, and
 * the time for a head, for a request with its body and response, and between two requests. (The proxy's requests last as
 * long as their upstream takes, so it has guards of its own.)
 *
 * <p>Threading: one for each listener, used by its event loop; only a response may end on another thread.
 */
public final class ListenerGuard {
    private static final int MAX_HEAD_BYTES = 32 * 1024;
    private static final int MAX_CONNECTIONS = 512;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** How often the limit is looked at while it lasts. */
    private static final int SWEEPS = 12;

    private final Map<HttpConnection, State> connections = new HashMap<>();
    private final int maxConnections;
    private final Duration limit;

    /** One connection; HTTP/1 serves its requests one after the other. */
    private static final class State {
        private volatile boolean isServing;
        /** When the connection was opened, its request began, or its last response ended. */
        private volatile long since = System.nanoTime();

        void turns(boolean serving) {
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

    /** HTTP/1.1 alone, with bounded heads. */
    public static HttpServerOptions options() {
        return new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setMaxInitialLineLength(MAX_HEAD_BYTES)
                .setMaxHeaderSize(MAX_HEAD_BYTES);
    }

    /** A client has connected. Where there are too many, the one without a request that has been idle longest goes. */
    public void opened(HttpConnection connection) {
        if (connections.size() >= maxConnections && !makeRoom()) {
            connection.close();
            return;
        }
        LingeringClose.on(connection);
        connections.put(connection, new State());
        connection.closeHandler(closed -> connections.remove(connection));
    }

    /** A request has come; call it before the response can end. */
    public void began(HttpServerRequest request) {
        State state = connections.get(request.connection());
        if (state != null) {
            state.turns(true);
            request.response().endHandler(ended -> state.turns(false));
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
        // Closing calls the close handler, which takes it out of the map.
        new ArrayList<>(connections.entrySet()).forEach(entry -> {
            if (now - entry.getValue().since > limit.toNanos()) {
                entry.getKey().close();
            }
        });
    }
}
