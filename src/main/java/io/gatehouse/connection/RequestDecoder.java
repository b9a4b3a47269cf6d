package io.gatehouse.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpConstants;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decodes HTTP/1 requests and rejects every head that another server could read differently (RFC 9112 §2.2, §3, §5, §6).
 *
 * <p><i>Threading</i>: one for each connection, used by its event loop.
 *
 * <p><i>Why</i>: Netty's decoder accepts any white space in a request line, folded lines, any version and, in HTTP/1.0, the first of
 * several lengths. This one requires single spaces, {@code HTTP/1.x}, no folded line and one framing. It allocates no more.
 */
final class RequestDecoder extends VertxHttpRequestDecoder {
    /** Bytes of further requests that may wait while the client does not read. */
    private static final int MAX_AHEAD = 64 * 1024;

    private static final int TINY_BYTES = 16;
    private static final int UNCOMPARED = 8;
    /** The bit in which a capital and a small letter of ASCII differ. */
    private static final int CASE = 0x20;

    /** Checks each field as it is added, in place of Vert.x's validator, which is less strict. */
    private final HeadFields fields = new HeadFields();

    /** Whether the next byte belongs to a head rather than to the body of the previous request. */
    private boolean inHead = true;
    /** Whether the request line of that head is complete. */
    private boolean inFields;
    /** Whether a head or a body was rejected. The bytes behind it are no request. */
    private boolean rejected;

    private final Http1Backpressure backpressure;
    private @Nullable ChannelHandlerContext context;
    /** Whether {@link #proceed} is about to run. */
    private boolean proceeding;

    private int wordEnd;
    /** Checks the chunked body that is being decoded; null outside of one. */
    private @Nullable ChunkLines chunks;
    /** Runs before the first head with a chunked body is passed on; null once it has run. */
    private @Nullable Runnable beforeChunked;

    RequestDecoder(HttpServerOptions options) {
        super(options);
        backpressure = new Http1Backpressure(this, options.isSsl());
    }

    /** Returns the handler that sees the responses, which belongs behind their encoder. */
    Http1Backpressure backpressure() {
        return backpressure;
    }

    /** Runs an action once: before the first head with a chunked body is passed on, or now if such a body is being decoded. */
    void beforeChunked(Runnable action) {
        if (chunks == null) {
            beforeChunked = action;
        } else {
            action.run();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) throws Exception {
        context = added;
        super.handlerAdded(added);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) throws Exception {
        backpressure.beginTurn();
        super.channelRead(context, bytes);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (rejected) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (inHead && !inFields && backpressure.mustWait(context.channel())) {
            limitWaiting(context, in);
            return;
        }
        if (inHead && !inFields && !HeadLines.skipEmpty(in)) {
            return;
        }
        if (inHead && (HeadLines.isFolded(in, inFields) || (!inFields && HeadLines.isNoBeginning(in)))) {
            reject(in, out, createInvalidMessage());
            return;
        }
        if (chunks != null && chunks.isMalformed(in)) {
            reject(in, out, new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER));
            return;
        }
        int before = out.size();
        int from = in.readerIndex();
        super.decode(context, in, out);
        if (chunks != null) {
            chunks.consumed(in.readerIndex() - from);
        }
        if (out.size() > before) {
            decoded(context, out.get(before), out.get(out.size() - 1));
        }
    }

    /**
     * Ends the connection of a client that sends many bytes while the next head waits.
     *
     * <p><i>Why not by backpressure</i>: Vert.x decides when the channel reads, and does not notice that another has.
     */
    private void limitWaiting(ChannelHandlerContext context, ByteBuf in) {
        if (in.readableBytes() > MAX_AHEAD) {
            in.skipBytes(in.readableBytes());
            rejected = true;
            var unused = context.close();
        }
    }

    /** Decodes the head that has waited, after the bytes that are being handled now. */
    void proceedLater() {
        ChannelHandlerContext own = context;
        if (own != null && !proceeding) {
            proceeding = true;
            // A task that is only queued would run before other connections are read.
            var unused = own.executor().schedule(() -> proceed(own), 0, TimeUnit.NANOSECONDS);
        }
    }

    private void proceed(ChannelHandlerContext context) {
        proceeding = false;
        if (context.isRemoved() || !context.channel().isActive()) {
            return;
        }
        try {
            // Begins a turn.
            channelRead(context, Unpooled.EMPTY_BUFFER);
            channelReadComplete(context);
        } catch (Exception failure) {
            context.fireExceptionCaught(failure);
        }
    }

    private void reject(ByteBuf in, List<Object> out, HttpObject invalid) {
        in.skipBytes(in.readableBytes());
        invalid.setDecoderResult(DecoderResult.failure(RequestHeadException.malformed()));
        rejected = true;
        out.add(invalid);
    }

    private void decoded(ChannelHandlerContext context, Object first, Object last) {
        // Classes, because the search for an interface that an object does not have is long.
        boolean isRequest = first instanceof DefaultHttpRequest;
        if (first instanceof DefaultHttpRequest request) {
            began(context, request);
        } else if (isTiny(first)) {
            FairReads.began(context.channel());
        }
        inHead = last == LastHttpContent.EMPTY_LAST_CONTENT;
        if (!inHead && last instanceof LastHttpContent end) {
            inHead = true;
            rejected |= end.decoderResult().isFailure();
        }
        if (inHead) {
            chunks = null;
        }
        inFields = inFields && !inHead && !isRequest;
    }

    private void began(ChannelHandlerContext context, HttpRequest request) {
        backpressure.decoded();
        FairReads.began(context.channel(), backpressure.hasOneRequest());
        rejected = request.decoderResult().isFailure();
        fields.end();
        fields.keepWebSocketAlone(request.headers());
        if (!rejected) {
            fields.closeIfAsked(request.headers());
        }
        chunks = fields.isChunked() && !rejected ? new ChunkLines() : null;
        Runnable action = beforeChunked;
        if (chunks != null && action != null) {
            beforeChunked = null;
            action.run();
        }
    }

    /** Whether a chunk costs as much as a request, for the few bytes that it has. */
    private static boolean isTiny(Object decoded) {
        return decoded instanceof HttpContent content
                && !(content instanceof LastHttpContent)
                && content.content().readableBytes() < TINY_BYTES;
    }

    @Override
    protected void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (!rejected) {
            super.decodeLast(context, in, out);
        }
    }

    /** Checks that the words of the request line are separated by one space (RFC 9112 §3). */
    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        if (start != 0) {
            throw RequestHeadException.malformed();
        }
        wordEnd = length;
        return super.splitFirstWordInitialLine(line, start, length);
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        nextWord(line, start, length);
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        nextWord(line, start, length);
        return super.splitThirdWordInitialLine(line, start, length);
    }

    private void nextWord(byte[] line, int start, int length) {
        if (length == 0 || start != wordEnd + 1 || line[wordEnd] != HttpConstants.SP) {
            throw RequestHeadException.malformed();
        }
        wordEnd = start + length;
    }

    @Override
    protected HttpMessage createMessage(String[] initialLine) {
        HttpVersion version = RequestVersion.of(initialLine[2]);
        inFields = true;
        fields.begin(version.equals(HttpVersion.HTTP_1_0));
        return new DefaultHttpRequest(
                version, HttpMethod.valueOf(initialLine[0]), initialLine[1], HeadersMultiMap.httpHeaders(fields));
    }

    /** Creates the request that stands for a malformed one; the response to it has the gateway's version. */
    @Override
    protected HttpMessage createInvalidMessage() {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/bad-request", Unpooled.EMPTY_BUFFER);
    }

    /**
     * Returns a shared name for a common field. Vert.x compares all letters of {@code Content-Length} and {@code Content-Type} but the
     * one at {@value #UNCOMPARED}: {@code Content-Xength} would frame the body here and nowhere else. Counts trailer fields, which
     * Netty adds to a map of its own.
     */
    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        if (!inHead) {
            fields.trailer();
        }
        AsciiString name = super.splitHeaderName(line, start, length);
        return length > UNCOMPARED && lower(name.byteAt(UNCOMPARED)) != lower(line[start + UNCOMPARED])
                ? new AsciiString(line, start, length, true)
                : name;
    }

    private static int lower(byte letter) {
        return letter | CASE;
    }
}
