package io.gatehouse.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpConstants;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.Http1xOrH2CHandler;
import java.nio.charset.StandardCharsets;

/**
 * Passes a new connection to {@link Arrivals}, reads its first bytes before any codec, and then leaves the pipeline.
 *
 * <p>In clear text they decide between HTTP/2 and HTTP/1, for which it installs the strict decoder. On a TLS port, a request in clear
 * text receives a response with the reason.
 */
final class FirstBytes extends ChannelInboundHandlerAdapter {
    private static final byte[] TLS_REQUIRED = String.join(
                    "\r\n",
                    "HTTP/1.1 400 Bad Request",
                    "Content-Type: text/plain; charset=utf-8",
                    "Content-Length: 34",
                    "Connection: close",
                    "",
                    "plain HTTP sent to the HTTPS port\n")
            .getBytes(StandardCharsets.US_ASCII);

    private static final byte[] PREFACE = Http1xOrH2CHandler.HTTP_2_PREFACE.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EMPTY_LINE = {HttpConstants.LF};

    private final HttpServerOptions options;
    /** Bytes read so far, all of which match the preface of HTTP/2 (RFC 9113 §3.4). */
    private int matched;

    FirstBytes(HttpServerOptions options) {
        this.options = options;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Channel channel = context.channel();
        if (Arrivals.admits(channel, options)) {
            context.fireChannelActive();
        } else {
            channel.unsafe().close(channel.voidPromise());
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the connection ends, whether the response was written or not
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (!options.isSsl()) {
            plain(context, bytes);
        } else if (bytes.isReadable() && isLetter(bytes.getByte(bytes.readerIndex()))) {
            bytes.release();
            context.pipeline().addFirst(LingeringClose.ONE);
            context.writeAndFlush(Unpooled.wrappedBuffer(TLS_REQUIRED));
            context.close();
        } else {
            Http2Backpressure.after(VertxPipeline.tls(context.pipeline()));
            context.pipeline().remove(this);
            context.fireChannelRead(bytes);
        }
    }

    private void plain(ChannelHandlerContext context, ByteBuf bytes) {
        int before = matched;
        int end = bytes.writerIndex();
        int i = bytes.readerIndex();
        while (i < end && matched < PREFACE.length && bytes.getByte(i) == PREFACE[matched]) {
            i++;
            matched++;
        }
        if (i == end && matched < PREFACE.length) {
            // Undecided until more bytes arrive.
            bytes.release();
            return;
        }
        ChannelPipeline pipeline = context.pipeline();
        if (matched < PREFACE.length) {
            if (pipeline.get(Http1xOrH2CHandler.class) != null) {
                // Upon an empty line Vert.x adds its decoder, which ignores the line (RFC 9112 §2.2).
                context.fireChannelRead(Unpooled.wrappedBuffer(EMPTY_LINE));
            }
            StrictHeads.in(pipeline, options);
        } else {
            Http2Backpressure.afterPreface(context);
        }
        pipeline.remove(this);
        if (before > 0) {
            context.fireChannelRead(Unpooled.wrappedBuffer(PREFACE, 0, before));
        }
        context.fireChannelRead(bytes);
    }

    /** Whether a method begins with the byte. A TLS connection begins with the type of a record, 22 (RFC 8446 §5.1). */
    private static boolean isLetter(byte first) {
        return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
    }
}
