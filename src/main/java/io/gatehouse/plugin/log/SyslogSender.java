package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Sends entries to the syslog daemon of this machine, one datagram each over its socket.
 *
 * <p>A socket is opened for each batch, because the daemon creates a new one when it restarts. A batch is sent again if no datagram of
 * it could be sent, for example because there is no daemon. A daemon that does not read loses the rest of a batch.
 *
 * <p><i>Threading</i>: one thread for all nodes of the process writes. Vert.x's own event loops have no datagrams of this kind.
 */
final class SyslogSender implements LogQueue.Sender<FinishedRequest> {
    /** A daemon that does not read fills the socket. */
    private static final long LIMIT_MILLIS = 5_000;

    private final Path socket;
    private final Function<FinishedRequest, Buffer> format;

    /** Created with the first message. */
    private static final class Loop {
        static final EventLoopGroup GROUP = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("gatehouse-syslog", true), EpollIoHandler.newFactory());

        private Loop() {}
    }

    SyslogSender(Path socket, Function<FinishedRequest, Buffer> format) {
        this.socket = socket;
        this.format = format;
    }

    @Override
    public Future<Integer> send(List<FinishedRequest> batch) {
        List<Buffer> messages = batch.stream()
                .map(format)
                .filter(message -> message.length() > 0)
                .toList();
        List<Buffer> sendable = messages.stream()
                .filter(message -> message.length() <= UdpSender.MAX_BYTES)
                .toList();
        int tooLarge = messages.size() - sendable.size();
        if (sendable.isEmpty()) {
            return Future.succeededFuture(tooLarge);
        }
        if (!Epoll.isAvailable()) {
            return Future.failedFuture("this platform has no epoll, which the socket of syslog needs");
        }
        ChannelFuture connected = new Bootstrap()
                .group(Loop.GROUP)
                .channel(EpollDomainDatagramChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new ChannelHandlerAdapter() {})
                .connect(new DomainSocketAddress(socket.toString()));
        return completed(connected)
                .compose(done -> write(connected.channel(), sendable))
                .map(failed -> failed + tooLarge);
    }

    /** Writes messages and closes the channel. Completes with the number of those that were not sent in time. */
    private static Future<Integer> write(Channel channel, List<Buffer> messages) {
        AtomicBoolean isLate = new AtomicBoolean();
        ScheduledFuture<?> limit = channel.eventLoop()
                .schedule(
                        () -> {
                            isLate.set(true);
                            var unused = channel.close();
                        },
                        LIMIT_MILLIS,
                        TimeUnit.MILLISECONDS);
        List<Future<Void>> sent = messages.stream()
                .map(message -> completed(channel.writeAndFlush(Unpooled.wrappedBuffer(message.getBytes()))))
                .toList();
        return Future.join(sent).transform(done -> {
            limit.cancel(false);
            var unused = channel.close();
            List<Future<Void>> failed = sent.stream().filter(Future::failed).toList();
            return isLate.get() || failed.size() < sent.size()
                    ? Future.succeededFuture(failed.size())
                    : Future.failedFuture(failed.get(0).cause());
        });
    }

    private static Future<Void> completed(ChannelFuture future) {
        Promise<Void> promise = Promise.promise();
        future.addListener(done -> {
            if (done.isSuccess()) {
                promise.complete();
            } else {
                promise.fail(done.cause());
            }
        });
        return promise.future();
    }
}
