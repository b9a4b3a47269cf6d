package io.gatehouse.proxy.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the trailer fields of the HTTP/1.1 requests on one connection, which Vert.x drops, until their bodies are forwarded.
 *
 * <p><i>Invariant</i>: as many are kept as there are requests decoded and not yet responded to; a pipelined one stops the
 * connection from being read.
 */
public final class RequestTrailers extends ChannelInboundHandlerAdapter {
    /** By the headers of their requests, which are the same object here and in Vert.x's request. */
    private final IdentityHashMap<Object, MultiMap> trailers = new IdentityHashMap<>();

    private @Nullable Object decoding;
    private boolean begun;

    /** Begins to keep them on a connection of HTTP/1. */
    static RequestTrailers on(HttpConnection connection) {
        RequestTrailers trailers = new RequestTrailers();
        ((ConnectionBase) connection).channel().pipeline().addAfter(PartialHeadDetector.DECODER, null, trailers);
        return trailers;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest head) {
            begun = true;
            decoding = head.headers();
        }
        if (message instanceof LastHttpContent last && decoding != null) {
            if (last != LastHttpContent.EMPTY_LAST_CONTENT
                    && !last.trailingHeaders().isEmpty()) {
                MultiMap fields = HeadersMultiMap.caseInsensitive();
                last.trailingHeaders().forEach(field -> fields.add(field.getKey(), field.getValue()));
                trailers.put(decoding, fields);
            }
            decoding = null;
        }
        context.fireChannelRead(message);
    }

    /** The head of the first request has been decoded before the connection was known. */
    void first(HttpServerRequest request) {
        if (!begun) {
            begun = true;
            decoding = request.headers();
        }
    }

    /** Takes the trailer fields of a request whose body has ended; empty for nearly all. */
    public static MultiMap take(HttpServerRequest request) {
        Channel channel = ((ConnectionBase) request.connection()).channel();
        RequestTrailers kept = channel.pipeline().get(RequestTrailers.class);
        MultiMap taken = kept == null ? null : kept.trailers.remove(request.headers());
        return taken == null ? HeadersMultiMap.caseInsensitive() : taken;
    }

    /** Drops those of a request whose response has ended. */
    void drop(HttpServerRequest request) {
        if (!trailers.isEmpty()) {
            trailers.remove(request.headers());
        }
    }
}
