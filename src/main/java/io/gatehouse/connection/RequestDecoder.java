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
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes HTTP/1 requests and refuses every head that another server could read differently (RFC 9112 §2.2, §3, §5, §6).
 *
 * <p>Netty's decoder separates the words of a request line by any white space, joins folded lines, takes any version and, in
 * HTTP/1.0, the first of several lengths. This one asks for single spaces, {@code HTTP/1.x}, no folded line and one framing.
 *
 * <p>Threading: one for each connection, used by its event loop. It allocates nothing for a request that Vert.x's would not.
 */
final class RequestDecoder extends VertxHttpRequestDecoder {
    private static final String WEBSOCKET = "websocket";
    private static final byte DELETE = 0x7f;

    /** Called with each field as it is added; takes the place of Vert.x's validator, which is less strict. */
    private final BiConsumer<CharSequence, CharSequence> validator = this::field;

    /** Whether the next byte belongs to a head, which the body of the request before it does not. */
    private boolean inHead = true;
    /** Whether the request line of that head is complete. */
    private boolean inFields;
    /** Whether a head was refused: what follows it is no request. */
    private boolean refused;

    private int wordEnd;
    private boolean http10;
    private int framings;
    private boolean upgrade;
    private boolean connection;
    private boolean chunked;
    /** Of the chunked body that is being decoded; null outside of one. */
    private @Nullable ChunkLines chunks;

    RequestDecoder(HttpServerOptions options) {
        super(options);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (inHead && !inFields && !skipEmptyLines(in)) {
            return;
        }
        if (inHead && (isFolded(in) || (!inFields && isNoBeginning(in)))) {
            refuse(in, out, createInvalidMessage());
            return;
        }
        if (chunks != null && chunks.isMalformed(in)) {
            refuse(in, out, new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER));
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

    private void refuse(ByteBuf in, List<Object> out, HttpObject invalid) {
        in.skipBytes(in.readableBytes());
        invalid.setDecoderResult(DecoderResult.failure(RequestHeadException.malformed()));
        refused = true;
        out.add(invalid);
    }

    /** RFC 9112 §2.2: empty lines before a request are no part of it. Returns false if more has to come first. */
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

    /** Whether the first byte is none of a method, which Netty would skip. */
    private static boolean isNoBeginning(ByteBuf in) {
        byte first = in.getByte(in.readerIndex());
        return first <= HttpConstants.SP || first == DELETE;
    }

    private void decoded(Object first, Object last) {
        if (first instanceof HttpRequest request) {
            refused = request.decoderResult().isFailure();
            if (upgrade) {
                keepWebSocketAlone(request.headers());
            }
            if (connection && !refused) {
                closeIfAsked(request.headers());
            }
            chunks = chunked && !refused ? new ChunkLines() : null;
        }
        inHead = last instanceof LastHttpContent;
        if (inHead) {
            chunks = null;
        }
        inFields = inFields && !inHead && !(first instanceof HttpRequest);
    }

    @Override
    protected void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (!refused) {
            super.decodeLast(context, in, out);
        }
    }

    /**
     * Whether a line of the head continues the one before it (RFC 9112 §5.2). What the decoder leaves in the buffer begins with
     * a line, so each is looked at once.
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

    /** RFC 9112 §3: a method, a target and a version with one space between them. */
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

    private void field(CharSequence name, CharSequence value) {
        if (!FieldSyntax.isToken(name) || !FieldSyntax.isValue(value)) {
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
                // Netty takes these for a draft of WebSockets from 2010, whose requests have a body of eight bytes
                // unannounced.
                if (HttpHeaderNames.SEC_WEBSOCKET_KEY1.contentEqualsIgnoreCase(name)
                        || HttpHeaderNames.SEC_WEBSOCKET_KEY2.contentEqualsIgnoreCase(name)) {
                    throw RequestHeadException.malformed();
                }
            }
            default -> {
                // Says nothing about the framing.
            }
        }
    }

    /** RFC 9112 §6.3: a body has one length, or is chunked. */
    private void framing(boolean isSound) {
        framings++;
        if (!isSound || framings > 1) {
            throw RequestHeadException.malformed();
        }
    }

    /** RFC 9112 §9.3: a connection that is asked to close does, whatever else is asked; Vert.x looks for the one word alone. */
    private static void closeIfAsked(HttpHeaders headers) {
        if (headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true)) {
            List<String> named = headers.getAll(HttpHeaderNames.CONNECTION).stream()
                    .filter(value -> !HttpHeaderValues.KEEP_ALIVE.contentEqualsIgnoreCase(value))
                    .toList();
            headers.set(HttpHeaderNames.CONNECTION, named);
            headers.add(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    /** RFC 9110 §7.8: an upgrade is the server's choice. RFC 9113 §3.1 has none to HTTP/2 any more. */
    private static void keepWebSocketAlone(HttpHeaders headers) {
        boolean webSocket = headers.containsValue(HttpHeaderNames.UPGRADE, WEBSOCKET, true);
        headers.remove(HttpHeaderNames.UPGRADE);
        if (webSocket) {
            headers.set(HttpHeaderNames.UPGRADE, WEBSOCKET);
        }
    }
}
