package io.gatehouse.proxy.client;

import io.gatehouse.connection.VertxPipeline;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpConnection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ends the connection of a client that exceeds the window of a stream (RFC 9113 §6.9.1). Netty would reset the stream
 * alone and handle each later frame of it as an error of its own.
 */
final class StrictFlowControl implements Http2LocalFlowController {
    private final Http2LocalFlowController windows;
    private Reader reader = (stream, bytes) -> {};
    /** Whether a window was exceeded, so that the connection is about to end. */
    private boolean exceeded;

    /** Is notified of each piece of a body that has been read. Vert.x returns the bytes of one piece at a time. */
    @FunctionalInterface
    interface Reader {
        void read(Http2Stream stream, int bytes);
    }

    private StrictFlowControl(Http2LocalFlowController windows) {
        this.windows = windows;
    }

    /** From now on the connection ends so. */
    static StrictFlowControl on(HttpConnection connection) {
        var local = Objects.requireNonNull(VertxPipeline.http2(connection))
                .connection()
                .local();
        StrictFlowControl strict = new StrictFlowControl(local.flowController());
        local.flowController(strict);
        return strict;
    }

    /** Sets what is notified of the pieces that are read from now on. */
    void reader(Reader newReader) {
        reader = newReader;
    }

    @Override
    public void receiveFlowControlledFrame(@Nullable Http2Stream stream, ByteBuf data, int padding, boolean endOfStream)
            throws Http2Exception {
        try {
            windows.receiveFlowControlledFrame(stream, data, padding, endOfStream);
        } catch (Http2Exception failure) {
            if (failure.error() != Http2Error.FLOW_CONTROL_ERROR) {
                throw failure;
            }
            exceeded = true;
            throw Http2Exception.connectionError(Http2Error.FLOW_CONTROL_ERROR, "a window is exceeded");
        }
    }

    /** Returns nothing of a frame that was too large: Netty's decoder would return it twice, and log an error for each stream. */
    @Override
    public boolean consumeBytes(@Nullable Http2Stream stream, int bytes) throws Http2Exception {
        boolean updates = !exceeded && windows.consumeBytes(stream, bytes);
        if (stream != null && bytes > 0) {
            reader.read(stream, bytes);
        }
        return updates;
    }

    /** Returns bytes that are no piece of a body, such as padding. */
    void returnOthers(Http2Stream stream, int bytes) throws Http2Exception {
        if (!exceeded) {
            windows.consumeBytes(stream, bytes);
        }
    }

    @Override
    public int unconsumedBytes(Http2Stream stream) {
        return windows.unconsumedBytes(stream);
    }

    @Override
    public int initialWindowSize(Http2Stream stream) {
        return windows.initialWindowSize(stream);
    }

    @Override
    public Http2LocalFlowController frameWriter(Http2FrameWriter writer) {
        windows.frameWriter(writer);
        return this;
    }

    @Override
    public void channelHandlerContext(ChannelHandlerContext context) throws Http2Exception {
        windows.channelHandlerContext(context);
    }

    @Override
    public void initialWindowSize(int size) throws Http2Exception {
        windows.initialWindowSize(size);
    }

    @Override
    public int initialWindowSize() {
        return windows.initialWindowSize();
    }

    @Override
    public int windowSize(Http2Stream stream) {
        return windows.windowSize(stream);
    }

    @Override
    public void incrementWindowSize(Http2Stream stream, int delta) throws Http2Exception {
        windows.incrementWindowSize(stream, delta);
    }
}
