package io.gatehouse.proxy.client;

import io.gatehouse.connection.VertxPipeline;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.HostAndPort;
import java.util.Objects;

/**
 * Resets the stream of an HTTP/2 request that another server could take for one to another host: with a malformed {@code :authority}, or
 * with several {@code host} fields and none (RFC 9113 §8.3.1).
 *
 * <p><i>Why</i>: Vert.x takes a {@code host} in place of a malformed authority, and removes all others before it reports the request.
 */
final class StrictAuthority extends Http2FrameListenerDecorator {
    private StrictAuthority(Http2FrameListener listener) {
        super(listener);
    }

    /** Checks the requests of the connection from now on. */
    static void on(HttpConnection connection) {
        Http2ConnectionHandler codec = Objects.requireNonNull(VertxPipeline.http2(connection));
        codec.decoder().frameListener(new StrictAuthority(codec.decoder().frameListener()));
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean end)
            throws Http2Exception {
        check(stream, headers);
        super.onHeadersRead(context, stream, headers, padding, end);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int stream,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean end)
            throws Http2Exception {
        check(stream, headers);
        super.onHeadersRead(context, stream, headers, dependency, weight, exclusive, padding, end);
    }

    /** Trailers have neither a method nor a host that counts. */
    private static void check(int stream, Http2Headers headers) throws Http2Exception {
        CharSequence authority = headers.authority();
        boolean isSound = authority == null
                ? headers.getAll(HttpHeaderNames.HOST).size() <= 1
                : HostAndPort.parseAuthority(authority.toString(), -1) != null;
        if (!isSound && headers.method() != null) {
            throw Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, "the host is malformed");
        }
    }
}
