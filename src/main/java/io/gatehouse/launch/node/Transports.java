package io.gatehouse.launch.node;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.Transport;
import io.gatehouse.connection.StrictTransport;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Selects the configured transport, or the best one that this machine supports. */
public final class Transports {
    /** Netty reads this property once, when its io_uring classes load. */
    private static final String LASTING_POLL = "io.netty.iouring.pollAddMultishotEnabled";

    static {
        // A multishot poll reports each change once. If a reset arrives between the report of readable data and the
        // read, Netty 4.2.16 does not read the connection again and never closes it (also netty/netty#17049). A
        // single-shot poll, which Netty adds again after each read, reports the current state.
        if (System.getProperty(LASTING_POLL) == null) {
            System.setProperty(LASTING_POLL, "false");
        }
    }

    private Transports() {}

    /** Returns the transport. Fails with the reason if this machine does not support the configured one. */
    public static io.vertx.core.transport.Transport of(Transport wanted) throws LaunchException {
        if (wanted == Transport.AUTO) {
            io.vertx.core.transport.Transport epoll = vertx(Transport.EPOLL);
            return StrictTransport.of(
                    epoll != null && epoll.available() ? epoll : io.vertx.core.transport.Transport.NIO);
        }
        io.vertx.core.transport.Transport transport = vertx(wanted);
        if (transport == null || !transport.available()) {
            String name = wanted.name().toLowerCase(Locale.ROOT);
            throw new LaunchException("transport is " + name + ", which this machine does not support or allow ("
                    + (transport == null ? "Linux on x86_64 or aarch64 is needed" : transport.unavailabilityCause())
                    + "): set it to auto");
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
