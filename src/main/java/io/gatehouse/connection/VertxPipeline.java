package io.gatehouse.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Names and finds the handlers that Vert.x adds to the pipeline of a connection.
 *
 * <p><i>Invariant</i>: a connection is served only if its pipeline is one that the gateway's own handlers fit into (docs/adr/0011).
 */
public final class VertxPipeline {
    /** Decodes HTTP/1 requests. */
    public static final String DECODER = "httpDecoder";

    /** Encodes HTTP/1 responses. */
    public static final String ENCODER = "httpEncoder";

    /** The connection itself; it remains in the pipeline when the HTTP codec is removed. */
    public static final String CONNECTION = "handler";

    /** Accepts an upgrade from HTTP/1.1 to HTTP/2 in clear text. */
    static final String UPGRADE = "h2c";

    private VertxPipeline() {}

    /**
     * Returns whether the connection speaks HTTP/1 rather than HTTP/2. Closes it and throws {@link IllegalStateException} if its
     * pipeline has the decoder of neither.
     */
    public static boolean isHttp1(HttpConnection connection) {
        try {
            return isHttp1(((ConnectionBase) connection).channel().pipeline());
        } catch (IllegalStateException unknown) {
            connection.close();
            throw unknown;
        }
    }

    /** Returns the codec of an HTTP/2 connection. Null in HTTP/1, and once the connection has closed: its pipeline is empty then. */
    public static @Nullable Http2ConnectionHandler http2(HttpConnection connection) {
        return http2(((ConnectionBase) connection).channel().pipeline());
    }

    /** Returns the codec of an HTTP/2 connection, or null if the pipeline has none. */
    public static @Nullable Http2ConnectionHandler http2(ChannelPipeline pipeline) {
        return pipeline.get(Http2ConnectionHandler.class);
    }

    /** Returns the context of the handler that decrypts. Before the server name is known, another has its place. */
    static ChannelHandlerContext tls(ChannelPipeline pipeline) {
        ChannelHandlerContext byName = pipeline.context(SniHandler.class);
        return Objects.requireNonNull(byName == null ? pipeline.context(SslHandler.class) : byName, "a TLS handler");
    }

    static boolean isHttp1(ChannelPipeline pipeline) {
        if (pipeline.get(DECODER) != null) {
            return true;
        }
        if (http2(pipeline) != null) {
            return false;
        }
        throw new IllegalStateException("the pipeline of a client's connection has neither " + DECODER
                + " nor an HTTP/2 handler, so this version of Vert.x is not supported: " + pipeline.names());
    }
}
