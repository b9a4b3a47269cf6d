package io.gatehouse.connection;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Checks the fields of one HTTP/1 head as they are added, and collects what they say of the connection and the body. Counts the trailer
 * fields.
 *
 * <p><i>Threading</i>: one for each connection, used by its event loop for one head after the other.
 */
final class HeadFields implements BiConsumer<CharSequence, CharSequence> {
    /**
     * The limit of a head, and that of trailers. A field of three bytes needs a hundred when it is decoded, also while the rest does not
     * arrive.
     */
    private static final int MAX_FIELDS = 256;

    private static final String WEBSOCKET = "websocket";

    private boolean http10;
    private int fields;
    private int trailers;
    private int framings;
    private boolean upgrade;
    private boolean connection;
    private boolean chunked;

    /** Begins the next head. */
    void begin(boolean isHttp10) {
        http10 = isHttp10;
        fields = 0;
        trailers = 0;
        framings = 0;
        upgrade = false;
        connection = false;
        chunked = false;
    }

    /** Ends the head. Fields that the gateway sets from now on are not the client's. */
    void end() {
        fields = Integer.MIN_VALUE;
    }

    /** Counts a trailer field of the request. Throws {@link TooLongHttpHeaderException} beyond {@value #MAX_FIELDS}. */
    void trailer() {
        trailers++;
        if (trailers > MAX_FIELDS) {
            throw new TooLongHttpHeaderException("too many trailer fields");
        }
    }

    boolean isChunked() {
        return chunked;
    }

    /**
     * Checks a field. Throws {@link RequestHeadException} if another server could read it differently, and
     * {@link TooLongHttpHeaderException} beyond {@value #MAX_FIELDS} fields.
     */
    @Override
    public void accept(CharSequence name, CharSequence value) {
        fields++;
        if (fields > MAX_FIELDS) {
            throw new TooLongHttpHeaderException("too many fields");
        }
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
    void closeIfAsked(HttpHeaders headers) {
        if (connection && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true)) {
            List<String> named = headers.getAll(HttpHeaderNames.CONNECTION).stream()
                    .filter(value -> !HttpHeaderValues.KEEP_ALIVE.contentEqualsIgnoreCase(value))
                    .toList();
            headers.set(HttpHeaderNames.CONNECTION, named);
            headers.add(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    /** Keeps only the upgrade to a WebSocket (RFC 9110 §7.8). RFC 9113 §3.1 has removed the one to HTTP/2. */
    void keepWebSocketAlone(HttpHeaders headers) {
        if (!upgrade) {
            return;
        }
        boolean webSocket = headers.containsValue(HttpHeaderNames.UPGRADE, WEBSOCKET, true);
        headers.remove(HttpHeaderNames.UPGRADE);
        if (webSocket) {
            headers.set(HttpHeaderNames.UPGRADE, WEBSOCKET);
        }
    }
}
