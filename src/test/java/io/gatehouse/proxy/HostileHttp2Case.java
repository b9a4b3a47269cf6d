package io.gatehouse.proxy;

import static io.gatehouse.proxy.Http2Socket.CONTINUATION;
import static io.gatehouse.proxy.Http2Socket.DATA;
import static io.gatehouse.proxy.Http2Socket.END_HEADERS;
import static io.gatehouse.proxy.Http2Socket.END_STREAM;
import static io.gatehouse.proxy.Http2Socket.HEADERS;
import static io.gatehouse.proxy.Http2Socket.PING;
import static io.gatehouse.proxy.Http2Socket.PRIORITY;
import static io.gatehouse.proxy.Http2Socket.PUSH_PROMISE;
import static io.gatehouse.proxy.Http2Socket.RST_STREAM;
import static io.gatehouse.proxy.Http2Socket.SETTINGS;
import static io.gatehouse.proxy.Http2Socket.WINDOW_UPDATE;
import static io.gatehouse.proxy.Http2Socket.block;
import static io.gatehouse.proxy.Http2Socket.number;

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

    private static HostileHttp2Case goesAway(String name, int code, Consumer<Http2Socket> frames) {
        return new HostileHttp2Case(name, Expected.GO_AWAY, code, List.of(), frames);
    }

    private static HostileHttp2Case isReset(String name, int code, Consumer<Http2Socket> frames) {
        return new HostileHttp2Case(name, Expected.RESET, code, List.of(), frames);
    }

    private static HostileHttp2Case isAnswered(String name, int status, Consumer<Http2Socket> frames) {
        return new HostileHttp2Case(name, Expected.STATUS, status, List.of(), frames);
    }

    private static HostileHttp2Case isForwarded(String name, String forwarded, Consumer<Http2Socket> frames) {
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

    private static Stream<HostileHttp2Case> fields() {
        return Stream.concat(
                Stream.of(
                                "connection: keep-alive",
                                "keep-alive: 5",
                                "proxy-connection: keep-alive",
                                "transfer-encoding: chunked",
                                "upgrade: websocket",
                                "te: gzip",
                                "X-Upper: 1",
                                "x y: 1",
                                ": 1",
                                ":path: /api/y",
                                ":method: PUT",
                                ":status: 200",
                                ":unknown: 1",
                                "content-length: -3",
                                "content-length: +3",
                                "content-length: 3, 4",
                                "host: b")
                        .map(field -> isReset(field, PROTOCOL_ERROR, to -> to.headers(1, END_STREAM, get(field)))),
                Stream.of(
                                "x: a\r\nx-consumer-username: root",
                                "x: a\nb",
                                "x: a\0b",
                                "x: a ",
                                "content-xength: 5",
                                ":protocol: websocket")
                        .map(field -> isAnswered(field, 400, to -> to.headers(1, END_STREAM, get(field)))));
    }

    private static Stream<HostileHttp2Case> heads() {
        return Stream.of(
                isForwarded("te: trailers", "GET /x ", to -> to.headers(1, END_STREAM, get("te: trailers"))),
                isReset(
                        "a pseudo-header after a field",
                        PROTOCOL_ERROR,
                        to -> to.headers(
                                1,
                                END_STREAM,
                                ":method: GET",
                                ":scheme: http",
                                ":authority: a",
                                "x: y",
                                ":path: /api/x")),
                isReset("no method", PROTOCOL_ERROR, to -> to.headers(1, END_STREAM, GET[1], GET[2], GET[3])),
                isReset("no scheme", PROTOCOL_ERROR, to -> to.headers(1, END_STREAM, GET[0], GET[2], GET[3])),
                isReset("no path", PROTOCOL_ERROR, to -> to.headers(1, END_STREAM, GET[0], GET[1], GET[2])),
                isReset(
                        "an empty path",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, END_STREAM, GET[0], GET[1], GET[2], ":path: ")),
                isAnswered("no authority", 400, to -> to.headers(1, END_STREAM, GET[0], GET[1], GET[3])),
                isAnswered(
                        "a line in the path",
                        400,
                        to -> to.headers(1, END_STREAM, GET[0], GET[1], GET[2], ":path: /api/x HTTP/1.1\r\nx: y")),
                isAnswered(
                        "a path that is an URL",
                        400,
                        to -> to.headers(1, END_STREAM, GET[0], GET[1], GET[2], ":path: http://b/api/x")),
                isAnswered("CONNECT", 405, to -> to.headers(1, END_STREAM, ":method: CONNECT", ":authority: a:80")),
                isReset(
                        "CONNECT to a malformed authority",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, END_STREAM, ":method: CONNECT", ":authority: a b:80")),
                new HostileHttp2Case(
                        "a line in the method",
                        Expected.CLOSED,
                        0,
                        List.of(),
                        to -> to.headers(1, END_STREAM, ":method: GET /x HTTP/1.1\r\nx: y", GET[1], GET[2], GET[3])),
                isAnswered(
                        "fields of 40 KiB",
                        431,
                        to -> to.frame(HEADERS, END_STREAM, 1, block(get(x(14_000))))
                                .frame(CONTINUATION, 0, 1, block(x(14_000)))
                                .frame(CONTINUATION, END_HEADERS, 1, block(x(12_000)))),
                isAnswered(
                        "a field of 3 KB said 4,000 times in a byte each",
                        431,
                        to -> to.frame(HEADERS, END_STREAM | END_HEADERS, 1, bomb())));
    }

    private static String x(int length) {
        return "x: " + "a".repeat(length);
    }

    /** A field that is indexed, and references to it (CVE-2016-6581). */
    private static byte[] bomb() {
        byte[] field = block(x(3_000));
        field[0] = 0x40;
        byte[] references = new byte[4_000];
        Arrays.fill(references, (byte) 0xbe);
        return joined(block(GET), field, references);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static Stream<HostileHttp2Case> bodies() {
        return Stream.of(
                isReset(
                        "less than its content-length",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, 0, post("content-length: 5")).frame(DATA, END_STREAM, 1, ABC)),
                isReset(
                        "more than its content-length",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, 0, post("content-length: 2")).frame(DATA, END_STREAM, 1, ABC)),
                isReset(
                        "more than its content-length, in a frame of its own",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, 0, post("content-length: 3"))
                                .frame(DATA, 0, 1, ABC)
                                .frame(DATA, END_STREAM, 1, ABC)),
                isReset(
                        "a pseudo-header as a trailer after its content-length",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, 0, post("content-length: 3"))
                                .frame(DATA, 0, 1, ABC)
                                .headers(1, END_STREAM, ":path: /y")),
                isForwarded(
                        "the end of its content-length in an empty frame",
                        "POST /x abc",
                        to -> to.headers(1, 0, post("content-length: 3"))
                                .frame(DATA, 0, 1, ABC)
                                .frame(DATA, END_STREAM, 1)),
                isForwarded(
                        "trailers after its content-length",
                        "POST /x abc",
                        to -> to.headers(1, 0, post("content-length: 3"))
                                .frame(DATA, 0, 1, ABC)
                                .headers(1, END_STREAM, "x-trailer: 1")),
                isReset(
                        "nothing but a content-length",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, END_STREAM, post("content-length: 2"))),
                isReset(
                        "two content-lengths",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, END_STREAM, post("content-length: 3", "content-length: 4"))),
                isForwarded(
                        "the same content-length twice",
                        "POST /x abc",
                        to -> to.headers(1, 0, post("content-length: 3", "content-length: 3"))
                                .frame(DATA, END_STREAM, 1, ABC)),
                isForwarded(
                        "trailers",
                        "POST /x abc",
                        to -> to.headers(1, 0, post()).frame(DATA, 0, 1, ABC).headers(1, END_STREAM, "x-trailer: 1")),
                isReset(
                        "a pseudo-header as a trailer",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, 0, post()).frame(DATA, 0, 1, ABC).headers(1, END_STREAM, ":path: /y")),
                isReset(
                        "trailers that are not the end",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, 0, post()).frame(DATA, 0, 1, ABC).headers(1, 0, "x-trailer: 1")),
                goesAway(
                        "padding longer than its frame",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, 0, post()).frame(DATA, 8, 1, 10, 1)),
                goesAway(
                        "a frame beyond 16 KiB",
                        FRAME_SIZE_ERROR,
                        to -> to.headers(1, 0, post()).frame(DATA, 0, 1, new byte[16_385])));
    }

    private static Stream<HostileHttp2Case> framing() {
        return Stream.of(
                goesAway("HEADERS on stream 0", PROTOCOL_ERROR, to -> to.headers(0, END_STREAM, GET)),
                goesAway("HEADERS on a stream of the server's", PROTOCOL_ERROR, to -> to.headers(2, END_STREAM, GET)),
                goesAway("DATA on an idle stream", PROTOCOL_ERROR, to -> to.frame(DATA, END_STREAM, 1, ABC)),
                goesAway("DATA on stream 0", PROTOCOL_ERROR, to -> to.frame(DATA, END_STREAM, 0, ABC)),
                goesAway(
                        "RST_STREAM on an idle stream",
                        PROTOCOL_ERROR,
                        to -> to.frame(RST_STREAM, 0, 1, number(CANCEL))),
                goesAway("WINDOW_UPDATE of 0", PROTOCOL_ERROR, to -> to.frame(WINDOW_UPDATE, 0, 0, number(0))),
                isReset(
                        "WINDOW_UPDATE of 0 on a stream",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, 0, post()).frame(WINDOW_UPDATE, 0, 1, number(0))),
                goesAway(
                        "WINDOW_UPDATE beyond 2^31",
                        FLOW_CONTROL_ERROR,
                        to -> to.frame(WINDOW_UPDATE, 0, 0, number(Integer.MAX_VALUE))),
                isReset(
                        "WINDOW_UPDATE beyond 2^31 on a stream",
                        FLOW_CONTROL_ERROR,
                        to -> to.headers(1, 0, post()).frame(WINDOW_UPDATE, 0, 1, number(Integer.MAX_VALUE))),
                goesAway(
                        "SETTINGS with a window beyond 2^31",
                        FLOW_CONTROL_ERROR,
                        to -> to.frame(SETTINGS, 0, 0, 0, 4, 0x80, 0, 0, 0)),
                goesAway(
                        "SETTINGS with a frame size of 1",
                        PROTOCOL_ERROR,
                        to -> to.frame(SETTINGS, 0, 0, 0, 5, 0, 0, 0, 1)),
                goesAway("SETTINGS of 5 bytes", FRAME_SIZE_ERROR, to -> to.frame(SETTINGS, 0, 0, 1, 2, 3, 4, 5)),
                goesAway("SETTINGS on a stream", PROTOCOL_ERROR, to -> to.frame(SETTINGS, 0, 1)),
                goesAway("PING of 7 bytes", FRAME_SIZE_ERROR, to -> to.frame(PING, 0, 0, new byte[7])),
                goesAway("PING on a stream", PROTOCOL_ERROR, to -> to.frame(PING, 0, 1, EIGHT)),
                goesAway(
                        "PUSH_PROMISE",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, 0, post())
                                .frame(PUSH_PROMISE, END_HEADERS, 1, joined(number(2), block(GET)))),
                isReset(
                        "a stream that depends on itself",
                        PROTOCOL_ERROR,
                        to -> to.frame(PRIORITY, 0, 1, 0, 0, 0, 1, 5)),
                goesAway("CONTINUATION of nothing", PROTOCOL_ERROR, to -> to.frame(CONTINUATION, END_HEADERS, 1)),
                goesAway(
                        "CONTINUATION of another stream",
                        PROTOCOL_ERROR,
                        to -> to.frame(HEADERS, 0, 1, block(GET)).frame(CONTINUATION, END_HEADERS, 3)),
                goesAway(
                        "PING within a head",
                        PROTOCOL_ERROR,
                        to -> to.frame(HEADERS, 0, 1, block(GET)).frame(PING, 0, 0, EIGHT)),
                goesAway(
                        "an index HPACK does not have",
                        COMPRESSION_ERROR,
                        to -> to.frame(HEADERS, END_STREAM | END_HEADERS, 1, 0xff, 0x49)),
                goesAway(
                        "half a field",
                        COMPRESSION_ERROR,
                        to -> to.frame(HEADERS, END_STREAM | END_HEADERS, 1, 0x10, 50, 'a')),
                goesAway(
                        "an HPACK table of 1 GB",
                        COMPRESSION_ERROR,
                        to -> to.frame(HEADERS, END_STREAM | END_HEADERS, 1, 0x3f, 0xff, 0xff, 0xff, 0xff, 7)));
    }

    /** Each just above its limit. With more, the end of the connection could hide the response. */
    private static Stream<HostileHttp2Case> floods() {
        return Stream.of(
                goesAway("CONTINUATION without end", PROTOCOL_ERROR, to -> {
                    to.frame(HEADERS, 0, 1, block(GET));
                    many(3, i -> to.frame(CONTINUATION, 0, 1, new byte[16_000]));
                }),
                goesAway("empty CONTINUATION", ENHANCE_YOUR_CALM, to -> {
                    to.frame(HEADERS, 0, 1, block(GET));
                    many(16, i -> to.frame(CONTINUATION, 0, 1));
                }),
                goesAway("empty DATA", ENHANCE_YOUR_CALM, to -> {
                    to.headers(1, 0, post());
                    many(3, i -> to.frame(DATA, 0, 1));
                }),
                goesAway("PING", ENHANCE_YOUR_CALM, to -> many(10_000, i -> to.frame(PING, 0, 0, EIGHT))),
                goesAway("SETTINGS", ENHANCE_YOUR_CALM, to -> many(10_000, i -> to.frame(SETTINGS, 0, 0))));
    }

    static void many(int times, IntConsumer action) {
        for (int i = 0; i < times; i++) {
            action.accept(i);
        }
    }

    static Stream<HostileHttp2Case> cases() {
        return Stream.of(fields(), heads(), bodies(), framing(), floods()).flatMap(cases -> cases);
    }
}
