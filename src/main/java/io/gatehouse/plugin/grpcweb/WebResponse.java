package io.gatehouse.plugin.grpcweb;

import io.gatehouse.plugin.BodyTransformation;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Passes on the messages of a gRPC response, and its trailer fields in a last frame (gRPC-Web, Protocol differences vs gRPC over
 * HTTP2).
 */
final class WebResponse implements BodyTransformation {
    private static final byte TRAILERS = (byte) 0x80;
    private static final String STATUS = "grpc-status";
    private static final String MESSAGE = "grpc-message";
    /** gRPC's UNKNOWN: the call has ended without a status. */
    private static final String UNKNOWN = "2";

    private final WebType type;
    private final MultiMap head;

    /** {@code head} contains the status if the response has no messages. */
    WebResponse(WebType type, MultiMap head) {
        this.type = type;
        this.head = head;
    }

    @Override
    public Buffer data(Buffer piece) {
        return encoded(piece);
    }

    @Override
    public Buffer end() {
        return end(MultiMap.caseInsensitiveMultiMap());
    }

    @Override
    public Buffer end(MultiMap trailers) {
        StringBuilder fields = new StringBuilder();
        append(fields, STATUS, either(trailers, STATUS, UNKNOWN));
        append(fields, MESSAGE, either(trailers, MESSAGE, ""));
        trailers.forEach((name, value) -> {
            if (!name.equalsIgnoreCase(STATUS) && !name.equalsIgnoreCase(MESSAGE)) {
                append(fields, name.toLowerCase(Locale.ROOT), value);
            }
        });
        byte[] content = fields.toString().getBytes(StandardCharsets.ISO_8859_1);
        return encoded(
                Buffer.buffer().appendByte(TRAILERS).appendInt(content.length).appendBytes(content));
    }

    private String either(MultiMap trailers, String name, String fallback) {
        String trailer = trailers.get(name);
        String field = trailer == null ? head.get(name) : trailer;
        return field == null ? fallback : field;
    }

    private static void append(StringBuilder fields, String name, @Nullable String value) {
        String text = value == null ? "" : value;
        // A line break would add a field.
        if (text.indexOf('\r') < 0 && text.indexOf('\n') < 0) {
            fields.append(name).append(':').append(text).append("\r\n");
        }
    }

    private Buffer encoded(Buffer bytes) {
        return type.isText() ? TextBody.encode(bytes) : bytes;
    }

    @Override
    public boolean addsBody() {
        return true;
    }
}
