package io.gatehouse.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpConstants;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
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
import java.util.function.BiConsumer;
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
    private static final String WEBSOCKET = "websocket";
    private static final byte DELETE = 0x7f;
    private static final int HEADS_PER_TURN = 16;
    private static final int UNCOMPARED = 8;
    /** The bit in which a capital and a small letter of ASCII differ. */
    private static final int CASE = 0x20;

    /** Checks each field as it is added, in place of Vert.x's validator, which is less strict. */
    private final BiConsumer<CharSequence, CharSequence> validator = this::field;

    /** Whether the next byte belongs to a head rather than to the body of the previous request. */
    private boolean inHead = true;
    /** Whether the request line of that head is complete. */
    private boolean inFields;
    /** Whether a head was rejected. The bytes behind it are no request. */
    private boolean rejected;
    /** Heads decoded in this turn of the event loop. */
    private int heads;
    /** Whether the next head waits. */
    private boolean waiting;
    /** Whether this decoder has stopped the reading, rather than Vert.x, which does while a request is paused. */
    private boolean stoppedReading;

    private int wordEnd;
    private boolean http10;
    private int framings;
    private boolean upgrade;
    private boolean connection;
    private boolean chunked;
    /** Checks the chunked body that is being decoded; null outside of one. */
    private @Nullable ChunkLines chunks;

    RequestDecoder(HttpServerOptions options) {
        super(options);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (rejected) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (inHead && !inFields && mustWait(context)) {
            return;
        }
        if (inHead && !inFields && !skipEmptyLines(in)) {
            return;
        }
        if (inHead && (isFolded(in) || (!inFields && isNoBeginning(in)))) {
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
            decoded(out.get(before), out.get(out.size() - 1));
        }
    }

    /**
     * Whether the next head waits: until the client reads, since one that pipelines and does not read would fill the memory, or until
     * other connections had their turn.
     */
    private boolean mustWait(ChannelHandlerContext context) {
        if (waiting) {
            return true;
        }
        boolean isWritable = context.channel().isWritable();
        if (isWritable && heads < HEADS_PER_TURN) {
            return false;
        }
        waiting = true;
        if (isWritable) {
            context.executor().execute(() -> proceed(context));
        } else if (context.channel().config().isAutoRead()) {
            stoppedReading = true;
            context.channel().config().setAutoRead(false);
        }
        return true;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
        if (waiting && context.channel().isWritable()) {
            // Not now: the change may be a part of handling the bytes that came before.
            context.executor().execute(() -> proceed(context));
        }
        super.channelWritabilityChanged(context);
    }

    private void proceed(ChannelHandlerContext context) {
        if (!waiting
                || context.isRemoved()
                || !context.channel().isActive()
                || !context.channel().isWritable()) {
            return;
        }
        waiting = false;
        if (stoppedReading) {
            stoppedReading = false;
            context.channel().config().setAutoRead(true);
        }
        try {
            channelRead(context, Unpooled.EMPTY_BUFFER);
            channelReadComplete(context);
        } catch (Exception failure) {
            context.fireExceptionCaught(failure);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        heads = 0;
        super.channelReadComplete(context);
    }

    private void reject(ByteBuf in, List<Object> out, HttpObject invalid) {
        in.skipBytes(in.readableBytes());
        invalid.setDecoderResult(DecoderResult.failure(RequestHeadException.malformed()));
        rejected = true;
        out.add(invalid);
    }

    /** Skips the empty lines before a request (RFC 9112 §2.2). Returns false if more bytes are needed. */
    private static boolean skipEmptyLines(ByteBuf in) {
        while (in.isReadable() && in.getByte(in.readerIndex()) == HttpConstants.CR) {
            if (in.readableBytes() == 1) {
                return false;
            }
            if (in.getByte(in.readerIndex() + 1) != HttpConstants.LF) {
                return true;
            }
            in.skipBytes(2);
        }
        return in.isReadable();
    }

    /** Whether no method begins with the first byte. Netty would skip it. */
    private static boolean isNoBeginning(ByteBuf in) {
        byte first = in.getByte(in.readerIndex());
        return first <= HttpConstants.SP || first == DELETE;
    }

    private void decoded(Object first, Object last) {
        if (first instanceof HttpRequest request) {
            rejected = request.decoderResult().isFailure();
            if (upgrade) {
                keepWebSocketAlone(request.headers());
            }
            if (connection && !rejected) {
                closeIfAsked(request.headers());
            }
            chunks = chunked && !rejected ? new ChunkLines() : null;
        }
        inHead = last instanceof LastHttpContent;
        if (inHead) {
            chunks = null;
        }
        inFields = inFields && !inHead && !(first instanceof HttpRequest);
    }

    @Override
    protected void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (!rejected) {
            super.decodeLast(context, in, out);
        }
    }

    /**
     * Whether a line of the head continues the previous one (RFC 9112 §5.2). The decoder leaves whole lines in the buffer, so each is
     * checked once.
     */
    private boolean isFolded(ByteBuf in) {
        int end = in.writerIndex();
        int line = in.readerIndex();
        if (!inFields) {
            line = in.indexOf(line, end, HttpConstants.LF) + 1;
            if (line == 0) {
                return false;
            }
        }
        while (line < end) {
            byte first = in.getByte(line);
            if (first == HttpConstants.SP || first == HttpConstants.HT) {
                return true;
            }
            int lineFeed = in.indexOf(line, end, HttpConstants.LF);
            if (lineFeed < 0 || lineFeed - line <= 1) {
                // Incomplete, or the empty line at the end of the head.
                return false;
            }
            line = lineFeed + 1;
        }
        return false;
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
        heads++;
        http10 = version.equals(HttpVersion.HTTP_1_0);
        framings = 0;
        upgrade = false;
        connection = false;
        chunked = false;
        return new DefaultHttpRequest(
                version, HttpMethod.valueOf(initialLine[0]), initialLine[1], HeadersMultiMap.httpHeaders(validator));
    }

    /** Creates the request that stands for a malformed one; the response to it has the gateway's version. */
    @Override
    protected HttpMessage createInvalidMessage() {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/bad-request", Unpooled.EMPTY_BUFFER);
    }

    /**
     * Returns a shared name for a common field. Vert.x compares all letters of {@code Content-Length} and {@code Content-Type} but the
     * one at {@value #UNCOMPARED}: {@code Content-Xength} would frame the body here and nowhere else.
     */
    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        AsciiString name = super.splitHeaderName(line, start, length);
        return length > UNCOMPARED && lower(name.byteAt(UNCOMPARED)) != lower(line[start + UNCOMPARED])
                ? new AsciiString(line, start, length, true)
                : name;
    }

    private static int lower(byte letter) {
        return letter | CASE;
    }

    private void field(CharSequence name, CharSequence value) {
        if (!FieldSyntax.isName(name) || !FieldSyntax.isValue(value)) {
            throw RequestHeadException.malformed();
        }
        switch (name.length()) {
            case 10 ->
                connection |= HttpHeaderNames.CONNECTION.contentEqualsIgnoreCase(name)
                        && !HttpHeaderValues.KEEP_ALIVE.contentEqualsIgnoreCase(value);
            case 7 -> upgrade |= HttpHeaderNames.UPGRADE.contentEqualsIgnoreCase(name);
            case 14 -> {
                if (HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)) {
                    framing(FieldSyntax.isLength(value));
                }
            }
            case 17 -> {
                if (HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)) {
                    chunked = true;
                    framing(!http10 && "chunked".equalsIgnoreCase(value.toString()));
                }
            }
            case 18 -> {
                // Netty reads them as a WebSocket draft of 2010, whose requests have a body of 8 unannounced bytes.
                if (HttpHeaderNames.SEC_WEBSOCKET_KEY1.contentEqualsIgnoreCase(name)
                        || HttpHeaderNames.SEC_WEBSOCKET_KEY2.contentEqualsIgnoreCase(name)) {
                    throw RequestHeadException.malformed();
                }
            }
            default -> {
                // No field of interest.
            }
        }
    }

    /** Checks that a body has one length or is chunked (RFC 9112 §6.3). */
    private void framing(boolean isValid) {
        framings++;
        if (!isValid || framings > 1) {
            throw RequestHeadException.malformed();
        }
    }

    /** Makes a connection close that is asked to, whatever other options there are (RFC 9112 §9.3). Vert.x expects that option alone. */
    private static void closeIfAsked(HttpHeaders headers) {
        if (headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true)) {
            List<String> named = headers.getAll(HttpHeaderNames.CONNECTION).stream()
                    .filter(value -> !HttpHeaderValues.KEEP_ALIVE.contentEqualsIgnoreCase(value))
                    .toList();
            headers.set(HttpHeaderNames.CONNECTION, named);
            headers.add(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    /** Keeps only the upgrade to a WebSocket (RFC 9110 §7.8). RFC 9113 §3.1 has removed the one to HTTP/2. */
    private static void keepWebSocketAlone(HttpHeaders headers) {
        boolean webSocket = headers.containsValue(HttpHeaderNames.UPGRADE, WEBSOCKET, true);
        headers.remove(HttpHeaderNames.UPGRADE);
        if (webSocket) {
            headers.set(HttpHeaderNames.UPGRADE, WEBSOCKET);
        }
    }
}
