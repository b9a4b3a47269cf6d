package io.gatehouse.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.util.AsciiString;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Adds Netty's client codec for HTTP/1.1 to a pipeline.
 *
 * <p><i>Why</i>: it keeps headers in Vert.x's map, as the server does. They are neither copied between maps nor converted to strings.
 */
final class Http1Codec {
    private Http1Codec() {}

    /** Creates maps that check names and values, of requests and of responses (RFC 9110 §5). */
    private enum Headers implements HttpHeadersFactory {
        CHECKED;

        @Override
        public HttpHeaders newHeaders() {
            return HeadersMultiMap.httpHeaders();
        }

        @Override
        public HttpHeaders newEmptyHeaders() {
            return HeadersMultiMap.httpHeaders();
        }
    }

    static void addTo(ChannelPipeline pipeline, UpstreamConnections.Limits limits, UpstreamConnection connection) {
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.lineBytes())
                .setMaxHeaderSize(limits.headerBytes())
                .setHeadersFactory(Headers.CHECKED)
                .setTrailersFactory(Headers.CHECKED);
        pipeline.addLast(new Encoder(), new Decoder(config, connection), connection);
    }

    /** Removes the codec. The decoder passes on the bytes that it has not decoded. */
    static void removeFrom(ChannelPipeline pipeline) {
        pipeline.remove(Encoder.class);
        pipeline.remove(Decoder.class);
    }

    private static final class Encoder extends HttpRequestEncoder {
        private static final int CRLF = '\r' << 8 | '\n';

        /** Writes each character of the target as one byte, as the client sent it. Netty would write UTF-8. */
        @Override
        protected void encodeInitialLine(ByteBuf out, HttpRequest request) {
            ByteBufUtil.copy(request.method().asciiName(), out);
            out.writeByte(' ');
            out.writeCharSequence(request.uri(), StandardCharsets.ISO_8859_1);
            out.writeByte(' ');
            out.writeCharSequence(request.protocolVersion().text(), StandardCharsets.US_ASCII);
            out.writeShort(CRLF);
        }

        @Override
        protected void encodeHeaders(HttpHeaders headers, ByteBuf out) {
            if (headers instanceof HeadersMultiMap vertx) {
                vertx.encode(out, false);
            } else {
                super.encodeHeaders(headers, out);
            }
        }
    }

    /**
     * Decodes responses. Drops bytes outside of a response, so that they never belong to the next request (RFC 9112 §9.2).
     *
     * <p><i>Why</i>: Netty reads a head line by line, so an empty buffer does not prove that the decoder holds no part of a head.
     */
    private static final class Decoder extends HttpResponseDecoder {
        /** The limit of a head, and that of trailers. A field of three bytes needs a hundred when it is decoded. */
        private static final int MAX_FIELDS = 1_000;

        private final UpstreamConnection connection;
        private int fields;
        private int lengths;
        private boolean isFinal;

        Decoder(HttpDecoderConfig config, UpstreamConnection connection) {
            super(config);
            this.connection = connection;
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) throws Exception {
            if (!connection.expectsResponse()) {
                bytes.skipBytes(bytes.readableBytes());
                connection.unsolicited();
                return;
            }
            super.decode(context, bytes, out);
            // A message ends with the last object of a decode.
            if (isFinal && !out.isEmpty() && out.get(out.size() - 1) instanceof LastHttpContent) {
                connection.responseDecoded();
            }
        }

        @Override
        protected HttpMessage createMessage(String[] initialLine) {
            fields = 0;
            lengths = 0;
            return super.createMessage(initialLine);
        }

        /** Counts fields and lengths. Of several lengths in HTTP/1.0 Netty keeps the first, without an error. */
        @Override
        protected AsciiString splitHeaderName(byte[] line, int start, int length) {
            if (length == 0) {
                throw new IllegalArgumentException("a field without a name");
            }
            fields++;
            if (fields > MAX_FIELDS) {
                throw new TooLongHttpHeaderException("too many fields");
            }
            AsciiString name = super.splitHeaderName(line, start, length);
            if (HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)) {
                lengths++;
            }
            return name;
        }

        /**
         * Whether the response has no body; the length in a response to HEAD describes a body that is not sent (RFC 9112 §6.3). Called
         * once for each head, when it is complete.
         */
        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage message) {
            if (lengths > 1) {
                throw new IllegalArgumentException("several lengths");
            }
            // The next fields are trailers.
            fields = 0;
            isFinal = HttpStatusClass.INFORMATIONAL
                    != ((HttpResponse) message).status().codeClass();
            return connection.asksForHead() || super.isContentAlwaysEmpty(message);
        }
    }
}
