package io.gatehouse.connection;

import io.netty.channel.Channel;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.http.HttpServerOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Passes each connection of an HTTP listener to a gate, when it is accepted.
 *
 * <p><i>Threading</i>: each event loop has two gates of its own: one for listeners with HTTP/2 in clear text, and one for those for
 * HTTP/1.1 alone.
 *
 * <p><i>Why</i>: Vert.x reports a connection after its TLS handshake, and in clear text after its first head. It takes memory before.
 */
public final class Arrivals {
    private static final FastThreadLocal<Gate> GATES = new FastThreadLocal<>();
    private static final FastThreadLocal<Gate> HTTP1_GATES = new FastThreadLocal<>();

    private Arrivals() {}

    /** Decides whether a connection is served. */
    @FunctionalInterface
    public interface Gate {
        /** Registers a connection. Returns false if it must be closed. {@code isTls}: it begins with a TLS handshake. */
        boolean admits(Channel channel, boolean isTls);
    }

    /** Sets the gate of the calling event loop for listeners with HTTP/2 in clear text. */
    public static void pass(Gate gate) {
        GATES.set(gate);
    }

    /** Sets the gate of the calling event loop for listeners for HTTP/1.1 alone. */
    public static void passHttp1(Gate gate) {
        HTTP1_GATES.set(gate);
    }

    /** Removes the gate from the calling event loop, unless another has replaced it. */
    public static void remove(Gate gate) {
        for (FastThreadLocal<Gate> gates : List.of(GATES, HTTP1_GATES)) {
            if (gates.getIfExists() == gate) {
                gates.remove();
            }
        }
    }

    /** Must be called on the event loop of the connection. */
    static boolean admits(Channel channel, HttpServerOptions options) {
        @Nullable Gate gate = (options.isHttp2ClearTextEnabled() ? GATES : HTTP1_GATES).getIfExists();
        return gate == null || gate.admits(channel, options.isSsl());
    }
}
