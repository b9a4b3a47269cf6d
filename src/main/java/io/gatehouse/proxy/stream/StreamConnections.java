package io.gatehouse.proxy.stream;

import io.gatehouse.proxy.client.TrafficCounters;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Registers the connections of the stream listeners of one event loop, and closes those that stay idle.
 *
 * <p><i>Threading</i>: used by its event loop alone.
 */
final class StreamConnections {
    /** Of one event loop. Each one holds up to 100 KiB, if its peers do not read. */
    static final int MAX_CONNECTIONS = 8_192;

    /** A timeout of the Service is at most this late. */
    private static final long SWEEP_MILLIS = 100;

    private final Context context;
    private final NetClient client;
    private final StreamRoutes routes;
    private final TrafficCounters traffic;
    private final Map<Integer, Integer> publicPorts;
    private final int maxConnections;
    /** Null if no listener has TLS. */
    private final @Nullable SslContext tls;

    private final Set<StreamSession> open = new LinkedHashSet<>();
    /** The sessions without a complete handshake, the oldest first. */
    private final Set<StreamSession> greeting = new LinkedHashSet<>();

    /** Must be called on the event loop that will use it. */
    StreamConnections(
            Vertx vertx,
            StreamRoutes routes,
            TrafficCounters traffic,
            Map<Integer, Integer> publicPorts,
            int maxConnections,
            @Nullable SslContext tls) {
        this.maxConnections = maxConnections;
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
        ChannelHandlerContext handler = ((NetSocketInternal) socket).channelHandlerContext();
        Channel channel = handler.channel();
        if (!(channel.remoteAddress() instanceof InetSocketAddress source)
                || !(channel.localAddress() instanceof InetSocketAddress destination)
                || !hasRoom()) {
            channel.unsafe().close(channel.voidPromise());
            return;
        }
        StreamSession session = new StreamSession(this, source, destination, isTls);
        open.add(session);
        traffic.connectionOpened();
        if (isTls) {
            greeting.add(session);
        }
        session.begin(handler);
    }

    /** Makes room for a connection: if there are too many, evicts the oldest one without a complete handshake. */
    private boolean hasRoom() {
        if (open.size() < maxConnections) {
            return true;
        }
        if (greeting.isEmpty()) {
            meters().unmatched().ended(Ending.FULL.toString());
            return false;
        }
        greeting.iterator().next().evict();
        return true;
    }

    /** Closes every connection. */
    void closeAll() {
        List.copyOf(open).forEach(session -> session.end(Ending.DRAINED));
    }

    private void sweep() {
        long now = System.nanoTime();
        // A copy, because closing a connection removes it from the set.
        List.copyOf(open).forEach(session -> session.check(now));
    }

    // For the sessions

    /** Removes a session. Returns false if it is removed already. */
    boolean remove(StreamSession session) {
        greeting.remove(session);
        boolean removed = open.remove(session);
        if (removed) {
            traffic.connectionClosed();
        }
        return removed;
    }

    /** Records that the handshake of a session is complete. */
    void greeted(StreamSession session) {
        greeting.remove(session);
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
