package io.gatehouse.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes an HTTP/2 connection to an upstream whose socket takes nothing for {@value #SECONDS} to 6 s after a request was reset.
 *
 * <p><i>Why</i>: a reset stream keeps what waits in it, and its place on the connection, until the reset is sent. To an upstream that
 * does not read, it never is, and clients could begin and reset thousands.
 *
 * <p><i>Threading</i>: used by the event loop of the connection.
 */
final class StalledConnection {
    private static final int SECONDS = 3;
    private static final AttributeKey<StalledConnection> KEY = AttributeKey.valueOf(StalledConnection.class, "watch");

    private final Channel channel;
    /** What the socket takes next, and how much of it was taken. */
    private @Nullable Object next;

    private long taken;

    private StalledConnection(Channel channel) {
        this.channel = channel;
    }

    /** Watches the connection from now on, until its socket takes the reset that has been written. */
    static void watch(HttpConnection connection) {
        Channel channel = ((ConnectionBase) connection).channel();
        if (!isSent(channel) && channel.attr(KEY).get() == null) {
            StalledConnection watch = new StalledConnection(channel);
            channel.attr(KEY).set(watch);
            watch.hasProgressed();
            watch.checkLater();
        }
    }

    private void checkLater() {
        var unused = channel.eventLoop().schedule(this::check, SECONDS, TimeUnit.SECONDS);
    }

    private void check() {
        if (!channel.isActive() || isSent(channel)) {
            channel.attr(KEY).set(null);
        } else if (hasProgressed()) {
            checkLater();
        } else {
            channel.unsafe().close(channel.voidPromise());
        }
    }

    /** Whether the socket has taken all bytes. Netty's flow control writes no more to a full one, so it may still count as writable. */
    private static boolean isSent(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null || buffer.totalPendingWriteBytes() == 0;
    }

    /** Whether the socket has taken a byte since the last call. */
    private boolean hasProgressed() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        Object now = buffer == null ? null : buffer.current();
        long progress = buffer == null ? 0 : buffer.currentProgress();
        boolean progressed = now != next || progress != taken;
        next = now;
        taken = progress;
        return progressed;
    }
}
