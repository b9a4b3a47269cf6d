package io.gatehouse.connection;

import io.netty.channel.Channel;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Limits the clients of a listener whose requests are short: the size of a head, the number of connections, and the time for a head,
 * for a request with its response, and between two requests.
 *
 * <p>The proxy has limits of its own, because its requests last as long as their upstream takes.
 *
 * <p><i>Threading</i>: one for each listener, used by its event loop. Only a response may end on another thread.
 */
public final class ListenerGuard implements Arrivals.Gate {
    private static final int MAX_HEAD_BYTES = 32 * 1024;
    private static final int HANDSHAKE_SECONDS = 10;
    private static final int MAX_CONNECTIONS = 512;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** Checks during one limit. */
    private static final int SWEEPS = 12;
    /**
     * The share of the connections without a complete TLS handshake, before those make room for a new one. As many more may be
     * closing.
     */
    private static final int SHARE = 8;

    private final Map<Channel, State> connections = new HashMap<>();
    /** Those that were evicted and are not closed yet, the first evicted one first. */
    private final Set<State> closing = new LinkedHashSet<>();

    private final int maxConnections;
    private final Duration limit;

    /** One connection, which serves one request at a time. */
    private static final class State {
        private final Channel channel;
        /** Null until Vert.x reports the connection, which it does after the TLS handshake. */
        private @Nullable HttpConnection http;

        private volatile boolean isServing;
        private volatile boolean isClosing;
        /** The time when the connection was opened, its request began, its last response ended, or its close began. */
        private volatile long since = System.nanoTime();

        State(Channel channel) {
            this.channel = channel;
        }

        void serve(boolean serving) {
            isServing = serving;
            if (!isClosing) {
                since = System.nanoTime();
            }
        }

        /** Closes the connection behind its responses. A client that does not take them would hold it, so the second call resets it. */
        void close() {
            if (http == null || isClosing) {
                Resets.now(channel);
            } else {
                since = System.nanoTime();
                isClosing = true;
                http.close();
            }
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
                .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
                .setMaxInitialLineLength(MAX_HEAD_BYTES)
                .setMaxHeaderSize(MAX_HEAD_BYTES);
    }

    /** Returns a server whose heads are decoded strictly, and whose connections and requests this guard limits. */
    public HttpServer server(Vertx vertx, HttpServerOptions options, Handler<HttpServerRequest> requests) {
        return vertx.createHttpServer(options)
                .connectionHandler(connection -> {
                    StrictHeads.on(connection, options);
                    opened(connection);
                })
                .requestHandler(request -> {
                    began(request);
                    requests.handle(request);
                });
    }

    /**
     * Registers a new connection when it is accepted. If there are too many, closes the one that has been idle longest, or the new one
     * if none is.
     */
    @Override
    public boolean admits(Channel channel, boolean isTls) {
        if (connections.containsKey(channel)) {
            return true;
        }
        if (connections.size() >= maxConnections && !makeRoom()) {
            return false;
        }
        State state = new State(channel);
        connections.put(channel, state);
        channel.closeFuture().addListener(closed -> {
            connections.remove(channel);
            closing.remove(state);
        });
        return true;
    }

    /** Registers a connection that can have requests: after its TLS handshake, and in clear text when it is accepted. */
    public void opened(HttpConnection connection) {
        Channel channel = ((ConnectionBase) connection).channel();
        State state = admits(channel, false) ? connections.get(channel) : null;
        if (state == null) {
            connection.close();
            return;
        }
        LingeringClose.on(connection);
        state.http = connection;
        state.serve(false);
    }

    /** Registers a request. Must be called before its response can end. */
    public void began(HttpServerRequest request) {
        State state = connections.get(((ConnectionBase) request.connection()).channel());
        if (state != null) {
            state.serve(true);
            request.response().endHandler(ended -> state.serve(false));
        }
    }

    private boolean makeRoom() {
        long starting = connections.values().stream()
                .filter(state -> state.http == null)
                .count();
        State longest = longestIdle(starting > maxConnections / SHARE);
        State closed = longest == null ? longestIdle(true) : longest;
        if (closed == null) {
            return false;
        }
        evict(closed);
        return true;
    }

    private void evict(State evicted) {
        connections.remove(evicted.channel);
        closing.add(evicted);
        evicted.close();
        if (closing.size() > maxConnections / SHARE) {
            Resets.now(closing.iterator().next().channel);
        }
    }

    /** Returns the connection without a request in flight that has been idle longest; null if there is none. */
    private @Nullable State longestIdle(boolean isStarting) {
        State idlest = null;
        for (State state : connections.values()) {
            boolean isCandidate = !state.isServing && (state.http == null) == isStarting;
            // A difference, because the clock may overflow.
            if (isCandidate && (idlest == null || state.since - idlest.since < 0)) {
                idlest = state;
            }
        }
        return idlest;
    }

    private void sweep() {
        long now = System.nanoTime();
        // A copy, because closing a connection removes it.
        List<State> open = new ArrayList<>(connections.values());
        open.addAll(closing);
        open.forEach(state -> {
            if (now - state.since > limit.toNanos()) {
                state.close();
            }
        });
    }
}
