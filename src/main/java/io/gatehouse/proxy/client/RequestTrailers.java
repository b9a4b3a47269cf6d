package io.gatehouse.proxy.client;

import io.gatehouse.connection.JoinedContents;
import io.gatehouse.connection.VertxPipeline;
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
 * Keeps the trailer fields of the HTTP/1.1 requests on one connection until their bodies are forwarded. Vert.x drops them.
 *
 * <p><i>Invariant</i>: there are at most as many entries as requests in flight. A pipelined request stops the connection from being
 * read, so that number is bounded.
 */
public final class RequestTrailers extends ChannelInboundHandlerAdapter {
    /** By the headers of the request: Netty's message and Vert.x's request share that object. */
    private final IdentityHashMap<Object, MultiMap> trailers = new IdentityHashMap<>();

    private @Nullable Object decoding;
    private boolean begun;

    /**
     * Adds a handler that keeps the trailer fields, and one that joins the pieces of bodies, to an HTTP/1 connection. Only chunked bodies
     * have trailer fields, or pieces smaller than a read.
     */
    static RequestTrailers on(HttpConnection connection) {
        RequestTrailers trailers = new RequestTrailers();
        ((ConnectionBase) connection)
                .channel()
                .pipeline()
                .addAfter(VertxPipeline.DECODER, null, new JoinedContents())
                .addAfter(VertxPipeline.DECODER, null, trailers);
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

    /** Takes the head of the first request, which may have been passed on before this handler was added. */
    void first(HttpServerRequest request) {
        if (!begun) {
            begun = true;
            decoding = request.headers();
        }
    }

    /** Removes and returns the trailer fields of a request whose body has ended. Most requests have none. */
    public static MultiMap take(HttpServerRequest request) {
        Channel channel = ((ConnectionBase) request.connection()).channel();
        RequestTrailers kept = channel.pipeline().get(RequestTrailers.class);
        MultiMap taken = kept == null ? null : kept.trailers.remove(request.headers());
        return taken == null ? HeadersMultiMap.caseInsensitive() : taken;
    }

    /** Removes the trailer fields of a request whose response has ended, and ignores those that follow. */
    void drop(HttpServerRequest request) {
        if (decoding == request.headers()) {
            decoding = null;
        }
        if (!trailers.isEmpty()) {
            trailers.remove(request.headers());
        }
    }
}
