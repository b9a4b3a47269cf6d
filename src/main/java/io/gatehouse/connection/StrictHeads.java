package io.gatehouse.connection;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;

/** Puts {@link RequestDecoder} in the place of Vert.x's decoder, whatever listener accepted the connection. */
public final class StrictHeads {
    /** Vert.x's names in the pipeline. */
    private static final String DECODER = "httpDecoder";

    private static final String UPGRADE = "h2c";

    private StrictHeads() {}

    /**
     * From now on the connection's requests are decoded strictly; nothing changes where HTTP/2 is spoken.
     *
     * @param options of the listener
     */
    public static void on(HttpConnection connection, HttpServerOptions options) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        if (pipeline.get(UPGRADE) != null && !(pipeline.get(DECODER) instanceof RequestDecoder)) {
            // The first head has been decoded already, and not by ours.
            connection.close();
            throw new IllegalStateException("a listener with HTTP/2 in clear text needs a StrictTransport");
        }
        in(pipeline, options);
    }

    static void in(ChannelPipeline pipeline, HttpServerOptions options) {
        ChannelHandler decoder = pipeline.get(DECODER);
        if (decoder != null && !(decoder instanceof RequestDecoder)) {
            pipeline.replace(DECODER, DECODER, new RequestDecoder(options));
        }
    }
}
