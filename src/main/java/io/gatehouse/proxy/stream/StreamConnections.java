package io.gatehouse.proxy.stream;

import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.proxy.client.ConnectionBudget;
import io.gatehouse.proxy.client.TrafficCounters;
import io.gatehouse.proxy.traffic.ExcessLog;
import io.gatehouse.proxy.traffic.StreamMeters;
import io.gatehouse.routing.StreamPeers;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Registers the connections of the stream listeners of one event loop, and closes those that stay idle.
 *
 * <p><i>Threading</i>: used by its event loop alone.
 */
final class StreamConnections {
    /** The client's connection and the upstream's. */
    private static final int ENDS = 2;

    private static final int KIB = 1024;

    /** A timeout of the Service is at most this late. */
    private static final long SWEEP_MILLIS = 100;

    private final Context context;
    private final NetClient client;
    private final StreamRoutes routes;
    private final TrafficCounters traffic;
    private final Map<Integer, Integer> publicPorts;
    private final Limits limits;
    private final UnsentBudget unsent;
    /** Null if no listener has TLS. */
    private final @Nullable SslContext tls;

    /** The sessions, with what the connections of each need. */
    private final Map<StreamSession, Integer> open = new LinkedHashMap<>();
    /** What all of them need. */
    private long held;
    /** The sessions without a complete handshake, the oldest first. */
    private final Set<StreamSession> greeting = new LinkedHashSet<>();
    /** The sessions that close in stages, in the order in which they began to. */
    private final Set<StreamSession> ending = new LinkedHashSet<>();

    /**
     * Limits the memory of one event loop, in bytes.
     *
     * @param connections limits the connections
     * @param unsent limits what their peers have not taken
     */
    record Limits(long connections, long unsent) {
        /** The share of the heap of each. */
        private static final int HEAP_SHARE = 8;

        /** Returns the limits of each of so many event loops. */
        static Limits of(int instances) {
            long share = Runtime.getRuntime().maxMemory() / HEAP_SHARE / instances;
            return new Limits(share, share);
        }
    }

    /** Must be called on the event loop that will use it. */
    StreamConnections(
            Vertx vertx,
            StreamRoutes routes,
            TrafficCounters traffic,
            Map<Integer, Integer> publicPorts,
            Limits limits,
            @Nullable SslContext tls) {
        this.limits = limits;
        this.unsent = new UnsentBudget(
                limits.unsent(),
                new ExcessLog(
                        LoggerFactory.getLogger(StreamConnections.class),
                        "Peers do not read; reset: connections={} limit=" + limits.unsent() / KIB + " KiB")::dropped);
        this.context = vertx.getOrCreateContext();
        this.client = vertx.createNetClient();
        this.routes = routes;
        this.traffic = traffic;
        this.publicPorts = publicPorts;
        this.tls = tls;
        vertx.setPeriodic(SWEEP_MILLIS, timer -> sweep());
    }

    /** Begins a session. {@code isTls}: the connection begins with a TLS handshake. */
    void accept(NetSocket socket, boolean isTls) {
        int bytes = ENDS * ConnectionBudget.bytes(isTls);
        ChannelHandlerContext handler = ((NetSocketInternal) socket).channelHandlerContext();
        Channel channel = handler.channel();
        if (!(channel.remoteAddress() instanceof InetSocketAddress source)
                || !(channel.localAddress() instanceof InetSocketAddress destination)) {
            channel.unsafe().close(channel.voidPromise());
            return;
        }
        if (!hasRoom(bytes)) {
            meters().unmatched().ended(Ending.FULL.toString());
            channel.unsafe().close(channel.voidPromise());
            return;
        }
        StreamSession session = new StreamSession(this, source, destination, isTls);
        open.put(session, bytes);
        held += bytes;
        traffic.connectionOpened();
        if (isTls) {
            greeting.add(session);
        }
        session.begin(handler);
    }

    /**
     * Makes room for so many bytes: if there are too many, resets those that end already, then those without a complete handshake.
     *
     * <p><i>Why no others</i>: a connection without bytes may be a session of an application, which only its peers can end.
     */
    private boolean hasRoom(int bytes) {
        while (held + bytes > limits.connections()) {
            Set<StreamSession> candidates = ending.isEmpty() ? greeting : ending;
            if (candidates.isEmpty()) {
                return false;
            }
            StreamSession oldest = candidates.iterator().next();
            candidates.remove(oldest);
            oldest.evict(Ending.FULL);
        }
        return true;
    }

    /** Closes every connection. */
    void closeAll() {
        List.copyOf(open.keySet()).forEach(session -> session.end(Ending.DRAINED));
    }

    private void sweep() {
        long now = System.nanoTime();
        // A copy, because closing a connection removes it from the set.
        List.copyOf(open.keySet()).forEach(session -> session.check(now));
    }

    // For the sessions

    /** Removes a session. Returns false if it is removed already. */
    boolean remove(StreamSession session) {
        greeting.remove(session);
        ending.remove(session);
        Integer bytes = open.remove(session);
        if (bytes == null) {
            return false;
        }
        held -= bytes;
        traffic.connectionClosed();
        return true;
    }

    /**
     * Adds the memory of TLS to the upstream, which is known when a route has matched. Returns false if there are too many
     * connections.
     */
    boolean addTls(StreamSession session) {
        int bytes = ConnectionBudget.bytes(true) - ConnectionBudget.bytes(false);
        if (!hasRoom(bytes)) {
            return false;
        }
        if (open.computeIfPresent(session, (same, before) -> before + bytes) != null) {
            held += bytes;
        }
        return true;
    }

    /** Records that the handshake of a session is complete. */
    void greeted(StreamSession session) {
        greeting.remove(session);
    }

    /** Records that a session closes in stages. */
    void ends(StreamSession session) {
        greeting.remove(session);
        ending.add(session);
    }

    UnsentBudget unsent() {
        return unsent;
    }

    @Nullable
    StreamPlan match(StreamPeers peers) {
        return routes.table().match(peers);
    }

    StreamMeters meters() {
        return routes.meters();
    }

    /** Returns the port that clients connect to, where a port mapping stands before the listener. */
    int publicPort(int port) {
        return publicPorts.getOrDefault(port, port);
    }

    SslHandler serverTls(ByteBufAllocator allocator) {
        return Objects.requireNonNull(tls).newHandler(allocator);
    }

    NetClient client() {
        return client;
    }

    /** Runs an action of a session in the context of the verticle, which the events of a connection are not in. */
    void run(Runnable action) {
        context.runOnContext(turn -> action.run());
    }
}
