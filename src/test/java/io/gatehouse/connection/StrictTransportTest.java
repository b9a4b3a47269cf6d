package io.gatehouse.connection;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.VertxEventLoopGroup;
import io.vertx.core.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StrictTransportTest {
    /** As that of a server which closes while clients connect, for example after Ctrl-C. */
    @Test
    void aConnectionWithoutAnEventLoop_endsWithoutALogLine() throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger(ServerBootstrap.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        EventLoopGroup acceptor = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            ServerBootstrap bootstrap = new ServerBootstrap()
                    .group(acceptor, new VertxEventLoopGroup())
                    .channel(NioServerSocketChannel.class)
                    .childHandler(new ChannelInboundHandlerAdapter());
            StrictTransport.of(Transport.NIO).implementation().configure(new HttpServerOptions(), false, bootstrap);
            Channel listening =
                    bootstrap.bind(InetAddress.getLoopbackAddress(), 0).sync().channel();
            try (Socket client = new Socket(
                    InetAddress.getLoopbackAddress(), ((InetSocketAddress) listening.localAddress()).getPort())) {
                client.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(lines.list).isEmpty();
        } finally {
            log.detachAppender(lines);
            acceptor.shutdownGracefully().sync();
        }
    }
}
