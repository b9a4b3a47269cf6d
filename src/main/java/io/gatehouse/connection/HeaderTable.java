package io.gatehouse.connection;

import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.vertx.core.http.HttpConnection;

/**
 * Bounds the fields that the gateway keeps for the compression of what it sends on an HTTP/2 connection (RFC 7541 §4.2).
 *
 * <p><i>Why</i>: the peer may allow a table of 4 GiB with SETTINGS_HEADER_TABLE_SIZE (RFC 9113 §6.5.2), and each message adds fields
 * to it. A sender may use less than the peer allows.
 */
public final class HeaderTable {
    /** The size of a connection without that setting. */
    private static final long MAX_BYTES = 4 * 1024;

    private HeaderTable() {}

    /** Applies the limit to a connection that the gateway opens, now and after each SETTINGS frame. */
    public static void limit(HttpConnection connection) {
        Http2ConnectionHandler codec = VertxPipeline.http2(connection);
        if (codec != null) {
            connection.remoteSettingsHandler(settings -> limit(codec));
            limit(codec);
        }
    }

    /** Applies the limit once the codec has read SETTINGS. */
    static void limit(Http2ConnectionHandler codec) {
        Http2HeadersEncoder.Configuration table =
                codec.encoder().configuration().headersConfiguration();
        if (table.maxHeaderTableSize() <= MAX_BYTES) {
            return;
        }
        try {
            table.maxHeaderTableSize(MAX_BYTES);
        } catch (Http2Exception outOfRange) {
            throw new IllegalStateException(outOfRange);
        }
    }
}
