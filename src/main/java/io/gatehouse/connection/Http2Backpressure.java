package io.gatehouse.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.Http1xOrH2CHandler;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next HEADERS frame of an HTTP/2 client wait while {@value #MAX_UNSENT} responses have not been sent, and in a long {@link
 * LoopTurn}. The connection is not read meanwhile.
 *
 * <p><i>Threading</i>: one for each connection, used by its event loop.
 *
 * <p><i>Why</i>: no window limits HEADERS frames, and the codec closes a stream once its last frame is written. A client that reads
 * nothing could therefore open streams without end (RFC 9113 §10.5).
 */
public final class Http2Backpressure extends ChannelDuplexHandler {
    private static final int MAX_UNSENT = 16;
    private static final int PREFACE_BYTES = Http1xOrH2CHandler.HTTP_2_PREFACE.length();
    /** A frame begins with its length, its type, the flags and 4 bytes of stream (RFC 9113 §4.1). */
    private static final int HEAD_BYTES = 9;

    private static final int LENGTH_BYTES = 3;

    private final UnsentResponses unsent = new UnsentResponses(this::resume);
    /** Bytes that are not passed yet. Those before have set the fields about frames. */
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext context;
    /** Null before the first bytes. */
    private @Nullable Http2ConnectionHandler codec;

    private boolean waiting;
    /** Whether {@link #proceed} is about to run. */
    private boolean proceeding;
    /**
     * Whether a request of this turn has its response already. Others wait for upstreams, and the frames behind them may reset them
     * before one has received them (CVE-2023-44487).
     */
    private boolean responded;

    private boolean isHttp2;
    /** Bytes of the preface or of a payload before the next head. */
    private int left = PREFACE_BYTES;
    /** Bytes of an incomplete head, and the length that they state. */
    private int headBytes;

    private int length;

    private Http2Backpressure() {}

    /** Adds the handler behind the one that the bytes come from. It leaves the pipeline of a connection that speaks HTTP/1. */
    static void after(ChannelHandlerContext source) {
        add(source, new Http2Backpressure());
    }

    /** Adds the handler to a connection that begins with the preface of HTTP/2. */
    static void afterPreface(ChannelHandlerContext source) {
        Http2Backpressure added = new Http2Backpressure();
        added.isHttp2 = true;
        add(source, added);
    }

    private static void add(ChannelHandlerContext source, Http2Backpressure added) {
        source.pipeline().addAfter(source.name(), null, added).addAfter(source.name(), null, new WritesAfterClose());
    }

    /** Counts a response whose end has been written. Has no effect on an HTTP/1 connection. */
    public static void written(HttpConnection connection) {
        written(((ConnectionBase) connection).channel());
    }

    static void written(Channel channel) {
        Http2Backpressure backpressure = channel.pipeline().get(Http2Backpressure.class);
        if (backpressure != null && backpressure.context != null) {
            backpressure.responded = true;
            backpressure.unsent.written(backpressure.context);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (!isHttp2) {
            isHttp2 = VertxPipeline.http2(context.pipeline()) != null;
            if (!isHttp2) {
                context.pipeline().remove(WritesAfterClose.class);
                context.pipeline().remove(this);
                context.fireChannelRead(bytes);
                return;
            }
        }
        held.add(bytes);
        if (!waiting) {
            responded = false;
            pass(context);
        }
        limitHeaderTable(context);
    }

    /** What the codec has read may be SETTINGS. */
    private void limitHeaderTable(ChannelHandlerContext context) {
        if (codec == null) {
            codec = VertxPipeline.http2(context.pipeline());
        }
        if (codec != null) {
            HeaderTable.limit(codec);
        }
    }

    /** The codec asks for bytes after each turn, because windows are to limit them (RFC 9113 §5.2.2). */
    @Override
    public void read(ChannelHandlerContext context) {
        if (!waiting) {
            context.read();
        }
    }

    private static ByteBuf joined(ChannelHandlerContext context, ByteBuf first, ByteBuf second) {
        ByteBuf joined = context.alloc().buffer(first.readableBytes() + second.readableBytes());
        joined.writeBytes(first).writeBytes(second);
        first.release();
        second.release();
        return joined;
    }

    private void pass(ChannelHandlerContext context) {
        for (ByteBuf next = held.peek(); next != null; next = held.peek()) {
            boolean isRequest = false;
            if (left == 0 && headBytes == 0) {
                if (next.readableBytes() <= LENGTH_BYTES) {
                    // Too few for the type of a frame.
                    if (held.size() == 1) {
                        return;
                    }
                    held.remove();
                    held.addFirst(joined(context, next, held.remove()));
                    continue;
                }
                isRequest = isHeaders(next, next.readerIndex());
            }
            if (isRequest && mustWait(context)) {
                return;
            }
            if (isRequest) {
                FairReads.began(context.channel());
            }
            int end = nextRequest(next);
            context.fireChannelRead(
                    end < next.writerIndex() ? next.readRetainedSlice(end - next.readerIndex()) : held.remove());
        }
    }

    private boolean mustWait(ChannelHandlerContext context) {
        if (unsent.count() >= MAX_UNSENT) {
            // What this turn has written may only not have been flushed yet.
            context.flush();
        }
        waiting = unsent.count() >= MAX_UNSENT || (responded && LoopTurn.isLong(context.executor()));
        if (waiting) {
            context.channel().config().setAutoRead(false);
            resume();
        }
        return waiting;
    }

    private static boolean isHeaders(ByteBuf bytes, int at) {
        return bytes.getByte(at + LENGTH_BYTES) == Http2FrameTypes.HEADERS;
    }

    /** Returns the index of the next HEADERS frame but the first, or of bytes that are too few for the type of a frame; else the end. */
    private int nextRequest(ByteBuf bytes) {
        int end = bytes.writerIndex();
        int at = bytes.readerIndex();
        while (at < end) {
            if (left > 0) {
                int part = Math.min(left, end - at);
                left -= part;
                at += part;
            } else if (headBytes == 0
                    && at > bytes.readerIndex()
                    && (end - at <= LENGTH_BYTES || isHeaders(bytes, at))) {
                return at;
            } else {
                readHead(bytes.getUnsignedByte(at));
                at++;
            }
        }
        return end;
    }

    private void readHead(int octet) {
        if (headBytes < LENGTH_BYTES) {
            length = length << Byte.SIZE | octet;
        }
        headBytes++;
        if (headBytes == HEAD_BYTES) {
            left = length;
            headBytes = 0;
            length = 0;
        }
    }

    private void resume() {
        ChannelHandlerContext own = context;
        if (waiting && !proceeding && unsent.count() < MAX_UNSENT && own != null) {
            proceeding = true;
            // After the turns of other connections, and not in the handling of the bytes before.
            var unused = own.executor().schedule(() -> proceed(own), 0, TimeUnit.NANOSECONDS);
        }
    }

    private void proceed(ChannelHandlerContext own) {
        proceeding = false;
        waiting = false;
        if (own.isRemoved() || !own.channel().isActive()) {
            return;
        }
        responded = false;
        pass(own);
        limitHeaderTable(own);
        own.fireChannelReadComplete();
        if (!waiting) {
            own.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        release();
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        release();
    }

    private void release() {
        held.forEach(ByteBuf::release);
        held.clear();
    }
}
