package io.gatehouse.proxy.hostile;

import io.gatehouse.proxy.Http2Socket;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * A malformed or hostile HTTP/2 connection, as frames, and its expected end. Error codes are those of RFC 9113 §7.
 *
 * @param code the error code, or the status
 * @param forwarded the requests that the upstream receives, in order: method, target and body
 */
record HostileHttp2Case(
        String name, Expected expected, int code, List<String> forwarded, Consumer<Http2Socket> frames) {
    static final int PROTOCOL_ERROR = 1;
    static final int FLOW_CONTROL_ERROR = 3;
    static final int STREAM_CLOSED = 5;
    static final int FRAME_SIZE_ERROR = 6;
    static final int REFUSED_STREAM = 7;
    static final int CANCEL = 8;
    static final int COMPRESSION_ERROR = 9;
    static final int ENHANCE_YOUR_CALM = 11;

    static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);
    static final byte[] EIGHT = new byte[8];
    static final String[] GET = {":method: GET", ":scheme: http", ":authority: a", ":path: /api/x"};

    @Override
    public String toString() {
        return name;
    }

    enum Expected {
        /** The connection ends, with this error code. */
        GO_AWAY,
        /** The stream ends with this error code. The connection remains. */
        RESET,
        /** The stream receives this status. The connection remains. */
        STATUS,
        /** The connection ends without a word. */
        CLOSED
    }

    static HostileHttp2Case goesAway(String name, int code, Consumer<Http2Socket> frames) {
        return new HostileHttp2Case(name, Expected.GO_AWAY, code, List.of(), frames);
    }

    static HostileHttp2Case isReset(String name, int code, Consumer<Http2Socket> frames) {
        return new HostileHttp2Case(name, Expected.RESET, code, List.of(), frames);
    }

    static HostileHttp2Case isAnswered(String name, int status, Consumer<Http2Socket> frames) {
        return new HostileHttp2Case(name, Expected.STATUS, status, List.of(), frames);
    }

    static HostileHttp2Case isForwarded(String name, String forwarded, Consumer<Http2Socket> frames) {
        return new HostileHttp2Case(name, Expected.STATUS, 200, List.of(forwarded), frames);
    }

    static String[] get(String... more) {
        return Stream.concat(Arrays.stream(GET), Arrays.stream(more)).toArray(String[]::new);
    }

    static String[] post(String... more) {
        String[] fields = get(more);
        fields[0] = ":method: POST";
        return fields;
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static void many(int times, IntConsumer action) {
        for (int i = 0; i < times; i++) {
            action.accept(i);
        }
    }

    static Stream<HostileHttp2Case> cases() {
        return Stream.concat(HostileHttp2Requests.cases(), HostileHttp2Frames.cases());
    }
}
