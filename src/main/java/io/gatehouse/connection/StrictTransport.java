package io.gatehouse.connection;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Delegates to a transport, and passes the first bytes of each connection of an HTTP server to {@link FirstBytes}.
 *
 * <p><i>Why</i>: a listener with HTTP/2 in clear text reports a connection after its first head is decoded. A transport sees the
 * connection when it is accepted.
 */
public final class StrictTransport implements Transport, io.vertx.core.spi.transport.Transport {
    private final Transport transport;
    private final io.vertx.core.spi.transport.Transport implementation;

    private StrictTransport(Transport transport) {
        this.transport = transport;
        this.implementation = transport.implementation();
    }

    /** Returns the transport with that addition. */
    public static Transport of(Transport transport) {
        return new StrictTransport(transport);
    }

    @Override
    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
        implementation.configure(options, domainSocket, bootstrap);
        if (options instanceof HttpServerOptions http) {
            bootstrap.handler(new Accepting(http, bootstrap));
        }
    }

    @ChannelHandler.Sharable
    private static final class Accepting extends ChannelInboundHandlerAdapter {
        private final HttpServerOptions options;
        private final ServerBootstrap bootstrap;

        Accepting(HttpServerOptions options, ServerBootstrap bootstrap) {
            this.options = options;
            this.bootstrap = bootstrap;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            Channel channel = (Channel) accepted;
            channel.config().setRecvByteBufAllocator(new FairReads());
            channel.pipeline().addLast(new FirstBytes(options));
            EventLoopGroup loops = bootstrap.config().childGroup();
            // The group of Vert.x is its own monitor. A server that closes takes its loops away before its socket, and
            // Netty would log a stack trace for each connection in between.
            synchronized (loops) {
                if (loops.iterator().hasNext()) {
                    context.fireChannelRead(accepted);
                    return;
                }
            }
            channel.unsafe().closeForcibly();
        }
    }

    @Override
    public String name() {
        return transport.name();
    }

    @Override
    public boolean available() {
        return transport.available();
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return transport.unavailabilityCause();
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return this;
    }

    @Override
    public boolean supportsDomainSockets() {
        return implementation.supportsDomainSockets();
    }

    @Override
    public boolean supportFileRegion() {
        return implementation.supportFileRegion();
    }

    @Override
    public boolean isAvailable() {
        return implementation.isAvailable();
    }

    @Override
    public java.net.SocketAddress convert(SocketAddress address) {
        return implementation.convert(address);
    }

    @Override
    public @Nullable SocketAddress convert(java.net.SocketAddress address) {
        return implementation.convert(address);
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
        return implementation.ioHandlerFactory();
    }

    @Override
    public EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory threadFactory, int ioRatio) {
        return implementation.eventLoopGroup(type, threads, threadFactory, ioRatio);
    }

    @Override
    public DatagramChannel datagramChannel() {
        return implementation.datagramChannel();
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's type in Vert.x's interface
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
        return implementation.datagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
        return implementation.channelFactory(domainSocket);
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        return implementation.serverChannelFactory(domainSocket);
    }

    @Override
    public void configure(DatagramChannel channel, DatagramSocketOptions options) {
        implementation.configure(channel, options);
    }

    @Override
    public void configure(ClientOptionsBase options, int connectTimeout, boolean domainSocket, Bootstrap bootstrap) {
        implementation.configure(options, connectTimeout, domainSocket, bootstrap);
    }
}
