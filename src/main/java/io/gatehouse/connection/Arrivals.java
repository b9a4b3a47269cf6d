package io.gatehouse.connection;

import io.netty.channel.Channel;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.http.HttpServerOptions;
import org.jspecify.annotations.Nullable;

/**
 * Passes each connection of a listener with HTTP/2 in clear text to a gate, when it is accepted. Listeners for HTTP/1.1 alone have a
 * {@link ListenerGuard}.
 *
 * <p><i>Threading</i>: each event loop has a gate of its own.
 *
 * <p><i>Why</i>: Vert.x reports a connection after its TLS handshake, and in clear text after its first head. It takes memory before.
 */
public final class Arrivals {
    private static final FastThreadLocal<Gate> GATES = new FastThreadLocal<>();

    private Arrivals() {}

    /** Decides whether a connection is served. */
    @FunctionalInterface
    public interface Gate {
        /** Registers a connection. Returns false if it must be closed. {@code isTls}: it begins with a TLS handshake. */
        boolean admits(Channel channel, boolean isTls);
    }

    /** Sets the gate of the calling event loop. */
    public static void pass(Gate gate) {
        GATES.set(gate);
    }

    /** Removes the gate from the calling event loop, unless another has replaced it. */
    public static void remove(Gate gate) {
        if (GATES.getIfExists() == gate) {
            GATES.remove();
        }
    }

    /** Must be called on the event loop of the connection. */
    static boolean admits(Channel channel, HttpServerOptions options) {
        @Nullable Gate gate = options.isHttp2ClearTextEnabled() ? GATES.getIfExists() : null;
        return gate == null || gate.admits(channel, options.isSsl());
    }
}
