package io.gatehouse.cluster.port;

import com.hazelcast.cluster.Address;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.AddressPicker;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.ChannelInitializer;
import com.hazelcast.internal.server.ServerConnection;
import com.hazelcast.internal.server.ServerContext;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens Hazelcast's port to members of the cluster only. Connections use mutual TLS with the cluster's key, and Hazelcast's
 * decoders receive no byte of a peer before it has proved the key. A node without a cluster opens no port.
 *
 * <p><i>Why</i>: Hazelcast deserializes the bytes of any connection, and its open-source edition rejects a configuration with
 * TLS or socket interceptors (ADR 12).
 */
public final class MemberPort extends DefaultNodeContext {
    /** How long an accepted connection may take to authenticate. */
    static final Duration ACCEPTED = Duration.ofSeconds(5);
    /** How long a connection that this node has opened may take. The member may be paused, and its address is configured. */
    static final Duration CONNECTED = Duration.ofSeconds(10);

    private static final Duration IDLE = Duration.ofSeconds(30);

    private final @Nullable MemberTls tls;
    private final Introduction own;
    private final Attempts attempts = new Attempts();
    private final RefusalLog log = new RefusalLog();
    private final ScheduledThreadPoolExecutor worker;
    private volatile @Nullable String lastRefusal;

    private MemberPort(@Nullable MemberTls tls, Introduction own) {
        this.tls = tls;
        this.own = own;
        worker = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "gatehouse-member-port");
            thread.setDaemon(true);
            return thread;
        });
        worker.setRemoveOnCancelPolicy(true);
        // Needs no stop: the thread ends while no connection authenticates.
        worker.setKeepAliveTime(IDLE.toSeconds(), TimeUnit.SECONDS);
        worker.allowCoreThreadTimeOut(true);
    }

    /** Creates a port for members that have the same key. */
    public static MemberPort guardedBy(Identity identity) {
        return guardedBy(identity, Introduction.CURRENT);
    }

    static MemberPort guardedBy(Identity identity, Introduction own) {
        return new MemberPort(new MemberTls(identity), own);
    }

    /** Creates the port of a node without a cluster, which admits no member. */
    public static MemberPort closed() {
        return new MemberPort(null, Introduction.CURRENT);
    }

    /** Starts a member behind this port. Blocks until it has joined. */
    public HazelcastInstance start(Config config) {
        return HazelcastInstanceFactory.newHazelcastInstance(config, config.getInstanceName(), this);
    }

    /** Why the last connection to another member was refused, by this node or by that member; null: none was. */
    public @Nullable String lastRefusal() {
        return lastRefusal;
    }

    @Override
    public NodeExtension createNodeExtension(Node node) {
        return new GuardedNode(node, this);
    }

    @Override
    public AddressPicker createAddressPicker(Node node) {
        return tls == null ? new NoPort() : super.createAddressPicker(node);
    }

    /** Puts TLS between the socket and Hazelcast's own handlers. */
    void guard(Channel channel, ChannelInitializer hazelcast, ServerContext server) throws Exception {
        if (tls == null) {
            throw new IOException("this node has no cluster");
        }
        Connecting connecting = new Connecting(channel, server);
        MemberHandshake handshake = new MemberHandshake(
                channel, tls.engine(channel.isClientMode()), own, worker, connecting::refused, connecting::verified);
        channel.inboundPipeline().addLast(new TlsDecoder(handshake));
        hazelcast.initChannel(channel);
        channel.outboundPipeline().addLast(new TlsEncoder(handshake));
        connecting.begin(handshake);
    }

    /** Tracks a connection until it has authenticated, or was refused or closed. */
    private final class Connecting {
        private final Channel channel;
        private final ServerContext server;
        private final ServerConnection connection;
        private final boolean accepted;
        private volatile @Nullable Future<?> deadline;
        private volatile @Nullable MemberHandshake handshake;

        Connecting(Channel channel, ServerContext server) {
            this.channel = channel;
            this.server = server;
            this.connection = connection(channel);
            this.accepted = !channel.isClientMode();
        }

        void begin(MemberHandshake begun) {
            handshake = begun;
            Duration time = accepted ? ACCEPTED : CONNECTED;
            deadline = worker.schedule(
                    () -> close(begun, Reasons.late(time.toSeconds())), time.toMillis(), TimeUnit.MILLISECONDS);
            channel.addCloseListener(closed -> end());
            if (accepted) {
                MemberHandshake displaced = attempts.begin(begun, address());
                if (displaced != null) {
                    close(displaced, Reasons.DISPLACED);
                }
            }
        }

        void verified() {
            end();
        }

        private void end() {
            Future<?> pending = deadline;
            if (pending != null) {
                pending.cancel(false);
            }
            MemberHandshake ended = handshake;
            if (ended != null) {
                attempts.end(ended);
            }
        }

        void refused(String reason) {
            log.refused(address(), reason);
            if (accepted) {
                return;
            }
            lastRefusal = reason;
            Address peer = connection.getRemoteAddress();
            if (peer != null) {
                // A node that is joining then tries the other members instead of this one again.
                server.onFailedConnection(peer);
            }
        }

        /** The peer's address, without its port if the peer has opened the connection: that port is not the member's. */
        private String address() {
            if (channel.remoteSocketAddress() instanceof InetSocketAddress peer) {
                String host = peer.getAddress().getHostAddress();
                return accepted ? host : host + ":" + peer.getPort();
            }
            return "an unknown address";
        }
    }

    private static void close(MemberHandshake handshake, String reason) {
        handshake.fail(reason);
        if (!handshake.isVerified()) {
            connection(handshake.channel()).close("refused: " + reason, new EOFException(reason));
        }
    }

    /** Hazelcast sets this attribute before it initializes a channel. */
    private static ServerConnection connection(Channel channel) {
        return (ServerConnection) Objects.requireNonNull(channel.attributeMap().get(ServerConnection.class));
    }
}
