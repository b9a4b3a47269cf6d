package io.gatehouse.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** Resets connections: what has not been sent is dropped at once, and a truncated message never looks complete. */
public final class Resets {
    private Resets() {}

    /** Resets a connection, unless it is closed. The caller runs on its event loop. */
    public static void now(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.unsafe().close(channel.voidPromise());
        }
    }

    /** Resets the connection of a client. */
    public static void now(HttpConnection connection) {
        now(((ConnectionBase) connection).channel());
    }
}
