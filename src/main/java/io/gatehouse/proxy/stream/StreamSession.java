package io.gatehouse.proxy.stream;

import io.gatehouse.connection.relay.IdleWatch;
import io.gatehouse.entity.Service;
import io.gatehouse.proxy.forward.ServiceDestination;
import io.gatehouse.proxy.traffic.StreamCounters;
import io.gatehouse.routing.StreamPeers;
import io.gatehouse.telemetry.AccessLine;
import io.gatehouse.telemetry.StreamEntry;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one connection of a client: matches it to a route, connects to the upstream, and joins the two connections.
 *
 * <p><i>Invariant</i>: {@link #finish} runs once, when both connections are closed and no attempt to connect is pending.
 *
 * <p><i>Threading</i>: both connections belong to the event loop that accepted the client's.
 */
final class StreamSession implements UpstreamDial.Caller {
    private static final Logger ACCESS = LoggerFactory.getLogger(AccessLine.LOGGER);

    private final StreamConnections connections;
    private final boolean isTls;
    private final InetSocketAddress source;
    private final InetSocketAddress destination;
    private final StreamEnd client;
    private final StreamEnd upstream;
    private final long acceptedNanos = System.nanoTime();

    private @Nullable String serverName;
    private @Nullable StreamPlan plan;
    private @Nullable UpstreamDial dial;
    private @Nullable String target;
    /** Why the connection ends; null while it does not. */
    private @Nullable Ending ending;

    private StreamCounters counters;
    private boolean clientOpen = true;
    private boolean upstreamOpen;
    private boolean dialing;
    private boolean joined;
    private long connectNanos = -1;
    private long received;
    private long sent;
    private final IdleWatch activity = new IdleWatch();

    /** {@code isTls}: the connection begins with a TLS handshake. */
    StreamSession(
            StreamConnections connections, InetSocketAddress source, InetSocketAddress destination, boolean isTls) {
        this.connections = connections;
        this.source = source;
        this.destination = destination;
        this.isTls = isTls;
        this.counters = connections.meters().unmatched();
        this.client = new StreamEnd(this, connections.unsent());
        this.upstream = new StreamEnd(this, connections.unsent());
    }

    /** Adds the handlers of the session to the client's connection, before the handler of Vert.x. */
    void begin(ChannelHandlerContext vertx) {
        ChannelPipeline pipeline = vertx.pipeline();
        if (isTls) {
            pipeline.addBefore(vertx.name(), null, new ClientHelloReader(this));
        }
        pipeline.addBefore(vertx.name(), null, client);
        if (isTls) {
            client.setReading(true);
        } else if (isRouted()) {
            connect();
        }
    }

    /** Matches a route. Ends the session and returns false if none serves the connection. */
    private boolean isRouted() {
        StreamPlan matched = connections.match(
                new StreamPeers(source, destination, connections.publicPort(destination.getPort()), serverName));
        if (matched == null) {
            end(Ending.NO_ROUTE);
            return false;
        }
        plan = matched;
        counters = matched.counters();
        Ending refusal = matched.refusal(isTls);
        if (refusal != null) {
            end(refusal);
        }
        return refusal == null;
    }

    /** Continues behind the ClientHello: with the bytes of the client, or with the end of TLS. */
    void greeted(ClientHelloReader reader, @Nullable String name) {
        serverName = name;
        if (ending != null || !isRouted()) {
            return;
        }
        ChannelPipeline pipeline = client.channel().pipeline();
        if (Objects.requireNonNull(plan).isPassthrough()) {
            client.setReading(false);
            pipeline.remove(reader);
            connect();
        } else {
            SslHandler tls = connections.serverTls(client.channel().alloc());
            tls.setHandshakeTimeoutMillis(ClientHelloReader.TIMEOUT.toMillis());
            pipeline.replace(reader, null, tls);
        }
    }

    /** Connects to the upstream when the client's TLS handshake is complete. */
    void secured(StreamEnd end, boolean success) {
        if (end != client || ending != null || dialing || joined) {
            return;
        }
        if (success) {
            client.setReading(false);
            connect();
        } else {
            end(Ending.HANDSHAKE);
        }
    }

    private void connect() {
        connections.greeted(this);
        StreamPlan matched = Objects.requireNonNull(plan);
        ServiceDestination service = Objects.requireNonNull(matched.destination());
        if (!isTls && service.tls() != null && !connections.addTls(this)) {
            end(Ending.FULL);
            return;
        }
        dialing = true;
        dial = new UpstreamDial(
                connections.client(),
                matched.isPassthrough() ? service.withoutTls() : service,
                source.getAddress().getHostAddress(),
                this);
        connections.run(dial::start);
    }

    @Override
    public boolean isOver() {
        return ending != null;
    }

    @Override
    public void connected(NetSocket socket) {
        dialing = false;
        ChannelHandlerContext vertx = ((NetSocketInternal) socket).channelHandlerContext();
        if (ending != null) {
            vertx.channel().unsafe().close(vertx.voidPromise());
            finishIfClosed();
            return;
        }
        if (vertx.channel().remoteAddress() instanceof InetSocketAddress address) {
            target = NetUtil.toSocketAddressString(address);
        }
        upstreamOpen = true;
        joined = true;
        long now = System.nanoTime();
        activity.start(now);
        connectNanos = now - acceptedNanos;
        vertx.pipeline().addBefore(vertx.name(), null, upstream);
        if (ending == null) {
            client.join(upstream);
            upstream.join(client);
        }
    }

    @Override
    public void failed(Ending reason) {
        dialing = false;
        end(reason);
        finishIfClosed();
    }

    void moved(StreamEnd from, int bytes) {
        activity.moved();
        if (from == client) {
            received += bytes;
            counters.received(bytes);
        } else {
            sent += bytes;
            counters.sent(bytes);
        }
    }

    void inputEnded(StreamEnd end) {
        activity.moved();
        if (!joined && !dialing && end == client) {
            end(Ending.CLIENT_LEFT);
        }
    }

    /** Closes both connections when both peers have ended their output. */
    void outputEnded() {
        if (ending == null && client.isOutputEnded() && upstream.isOutputEnded()) {
            ending = Ending.CLOSED;
            client.closeNow();
            upstream.closeNow();
        }
    }

    /** Ends the session: a peer reset its connection, or TLS failed. */
    void failed(StreamEnd end, Throwable failure) {
        boolean isReset = failure instanceof IOException && !(failure instanceof SSLException);
        if (!joined) {
            end(isReset ? Ending.CLIENT_LEFT : Ending.HANDSHAKE);
        } else if (ending == null) {
            ending = Ending.RESET;
            end.closeNow();
            (end == client ? upstream : client).reset();
        }
    }

    void closed(StreamEnd end) {
        clientOpen &= end != client;
        upstreamOpen &= end != upstream;
        end(joined ? Ending.CLOSED : Ending.CLIENT_LEFT);
        finishIfClosed();
    }

    /** Ends the session, unless it ends already: closes both connections in stages. */
    void end(Ending reason) {
        if (ending != null) {
            return;
        }
        ending = reason;
        connections.ends(this);
        if (clientOpen) {
            client.close();
        }
        if (upstreamOpen) {
            upstream.close();
        }
    }

    /** Resets both connections at once. */
    void evict(Ending reason) {
        ending = ending == null ? reason : ending;
        if (clientOpen) {
            client.reset();
        }
        if (upstreamOpen) {
            upstream.reset();
        }
    }

    private void finishIfClosed() {
        if (!clientOpen && !upstreamOpen && !dialing && connections.remove(this)) {
            finish(Objects.requireNonNull(ending));
        }
    }

    private void finish(Ending reason) {
        if (dial != null) {
            dial.release();
        }
        counters.ended(reason.toString());
        if (ACCESS.isInfoEnabled()) {
            StreamPlan matched = plan;
            ACCESS.info(
                    "{}",
                    new StreamEntry(
                            NetUtil.toSocketAddressString(source),
                            NetUtil.toSocketAddressString(destination),
                            !isTls ? "tcp" : matched != null && matched.isPassthrough() ? "tls_passthrough" : "tls",
                            serverName,
                            matched == null ? null : counters.route(),
                            matched == null || matched.route().serviceId() == null ? null : counters.service(),
                            target,
                            reason.toString(),
                            received,
                            sent,
                            System.nanoTime() - acceptedNanos,
                            connectNanos));
        }
    }

    /** Ends the session if no byte has moved for a timeout of the Service. */
    void check(long now) {
        if (!joined || ending != null) {
            return;
        }
        Service service = Objects.requireNonNull(Objects.requireNonNull(plan).destination())
                .service();
        if (activity.isIdle(now, client, upstream, upstream.idleLimitNanos(service))) {
            end(Ending.IDLE);
        }
    }
}
