package io.gatehouse.launch.node;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.Transport;
import io.gatehouse.connection.StrictTransport;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the transport a node is asked for, or the best there is. */
public final class Transports {
    /** Netty's switch, read once, when its io_uring is first looked at. */
    private static final String LASTING_POLL = "io.netty.iouring.pollAddMultishotEnabled";

    static {
        // A poll that lasts tells of a change once. When a reset arrives between its word that there is something to
        // read and the read of it, that word has been said: the connection, which can only fail, would never be looked
        // at again (Netty 4.2.16; also netty/netty#17049). Asked for anew after each read, the poll tells of the state
        // it finds.
        if (System.getProperty(LASTING_POLL) == null) {
            System.setProperty(LASTING_POLL, "false");
        }
    }

    private Transports() {}

    /** Fails, with what is wrong, when this machine does not have the one that is asked for. */
    public static io.vertx.core.transport.Transport of(Transport asked) throws LaunchException {
        if (asked == Transport.AUTO) {
            io.vertx.core.transport.Transport epoll = vertx(Transport.EPOLL);
            return StrictTransport.of(
                    epoll != null && epoll.available() ? epoll : io.vertx.core.transport.Transport.NIO);
        }
        io.vertx.core.transport.Transport transport = vertx(asked);
        if (transport == null || !transport.available()) {
            String name = asked.name().toLowerCase(Locale.ROOT);
            throw new LaunchException("transport is " + name + ", which this machine does not have or does not allow ("
                    + (transport == null ? "Linux on x86_64 or aarch64 is needed" : transport.unavailabilityCause())
                    + "); auto takes another");
        }
        return StrictTransport.of(transport);
    }

    private static io.vertx.core.transport.@Nullable Transport vertx(Transport transport) {
        return switch (transport) {
            case IO_URING -> io.vertx.core.transport.Transport.IO_URING;
            case EPOLL -> io.vertx.core.transport.Transport.EPOLL;
            default -> io.vertx.core.transport.Transport.NIO;
        };
    }
}
