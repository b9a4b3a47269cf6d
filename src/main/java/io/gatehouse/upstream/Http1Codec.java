package io.gatehouse.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.vertx.core.http.impl.headers.HeadersMultiMap;

/**
 * Netty's codec for the client's side of HTTP/1.1, with headers in Vert.x's map, as they are on the server's side: so they are
 * neither copied from one kind of map into the other nor made strings of to be written.
 */
final class Http1Codec {
    private Http1Codec() {}

    /** Header names and values are checked as they come and as they go (RFC 9110 §5). */
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

    /** Passes on, undecoded, what the decoder has read and not used. */
    static void removeFrom(ChannelPipeline pipeline) {
        pipeline.remove(Encoder.class);
        pipeline.remove(Decoder.class);
    }

    private static final class Encoder extends HttpRequestEncoder {
        @Override
        protected void encodeHeaders(HttpHeaders headers, ByteBuf out) {
            if (headers instanceof HeadersMultiMap vertx) {
                vertx.encode(out, false);
            } else {
                super.encodeHeaders(headers, out);
            }
        }
    }

    private static final class Decoder extends HttpResponseDecoder {
        private final UpstreamConnection connection;

        Decoder(HttpDecoderConfig config, UpstreamConnection connection) {
            super(config);
            this.connection = connection;
        }

        /** RFC 9112 §6.3: the length in the answer to HEAD is that of a body that does not come. */
        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage message) {
            return connection.asksForHead() || super.isContentAlwaysEmpty(message);
        }
    }
}
