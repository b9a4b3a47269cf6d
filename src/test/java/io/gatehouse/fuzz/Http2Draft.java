package io.gatehouse.fuzz;

import io.gatehouse.fuzz.wire.ParsedRequest;
import io.gatehouse.fuzz.wire.ParsedRequest.Field;
import io.gatehouse.fuzz.wire.ParsedRequest.Verdict;
import io.gatehouse.fuzz.wire.Wire;
import io.gatehouse.proxy.Http2Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds one HTTP/2 request. */
final class Http2Draft {
    private static final int PADDED = 8;

    final Dice dice;
    final Draft.Markers markers;
    final String marker;

    String mutation = "HTTP/2: valid";
    Verdict verdict = Verdict.VALID;
    String method = "GET";
    /** Pseudo-headers first, as {@code name: value}. */
    final List<String> fields = new ArrayList<>();

    String body = "";
    String @Nullable [] trailers;
    boolean isReset;

    Http2Draft(Dice dice, Draft.Markers markers) {
        this.dice = dice;
        this.markers = markers;
        this.marker = markers.next();
        fields.addAll(List.of(
                ":method: GET",
                ":scheme: http",
                ":authority: gateway.test",
                ":path: /open/" + marker,
                "x-marker: " + marker));
    }

    Http2Draft withBody() {
        method = dice.of("POST", "PUT", "GET");
        fields.set(0, ":method: " + method);
        if (dice.percent(60)) {
            String hidden = markers.next();
            body = "POST /open/" + hidden + " HTTP/1.1\r\nHost: a\r\nX-Marker: " + hidden
                    + "\r\nContent-Length: 0\r\n\r\n";
        } else {
            body = dice.word(dice.between(1, 2_000));
        }
        return this;
    }

    void malformed(String... more) {
        verdict = Verdict.MALFORMED;
        fields.addAll(Arrays.asList(more));
    }

    /** Returns the request that may reach the upstream. */
    ParsedRequest request() {
        return new ParsedRequest(
                verdict,
                "",
                method,
                "/open/" + marker,
                "HTTP/2",
                List.of(new Field("x-marker", marker)),
                null,
                body,
                List.of(),
                0);
    }

    void send(Http2Socket to, int stream) {
        boolean bodiless = body.isEmpty() && trailers == null && !isReset;
        byte[] block = Http2Socket.block(fields.toArray(String[]::new));
        int cut = dice.percent(30) ? dice.below(block.length) : block.length;
        to.frame(
                Http2Socket.HEADERS,
                (bodiless ? Http2Socket.END_STREAM : 0) | (cut == block.length ? Http2Socket.END_HEADERS : 0),
                stream,
                Arrays.copyOf(block, cut));
        if (cut < block.length) {
            to.frame(
                    Http2Socket.CONTINUATION,
                    Http2Socket.END_HEADERS,
                    stream,
                    Arrays.copyOfRange(block, cut, block.length));
        }
        if (!bodiless) {
            content(to, stream);
        }
    }

    private void content(Http2Socket to, int stream) {
        for (int from = 0; from < body.length(); ) {
            int end = dice.percent(50) ? body.length() : from + dice.between(1, body.length() - from);
            boolean last = end == body.length() && trailers == null && !isReset;
            byte[] piece = Wire.bytes(body.substring(from, end));
            int padding = dice.percent(30) ? dice.between(0, 20) : -1;
            if (padding >= 0) {
                byte[] padded = new byte[1 + piece.length + padding];
                padded[0] = (byte) padding;
                System.arraycopy(piece, 0, padded, 1, piece.length);
                to.frame(Http2Socket.DATA, PADDED | (last ? Http2Socket.END_STREAM : 0), stream, padded);
            } else {
                to.frame(Http2Socket.DATA, last ? Http2Socket.END_STREAM : 0, stream, piece);
            }
            from = end;
        }
        if (isReset) {
            to.frame(Http2Socket.RST_STREAM, 0, stream, Http2Socket.number(8));
        } else if (trailers != null) {
            to.headers(stream, Http2Socket.END_STREAM, trailers);
        }
    }
}
