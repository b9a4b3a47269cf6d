package io.gatehouse.proxy.hostile;

import static io.gatehouse.proxy.Http2Socket.CONTINUATION;
import static io.gatehouse.proxy.Http2Socket.DATA;
import static io.gatehouse.proxy.Http2Socket.END_HEADERS;
import static io.gatehouse.proxy.Http2Socket.END_STREAM;
import static io.gatehouse.proxy.Http2Socket.HEADERS;
import static io.gatehouse.proxy.Http2Socket.block;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.ABC;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.FRAME_SIZE_ERROR;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.GET;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.PROTOCOL_ERROR;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.get;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.goesAway;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.isAnswered;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.isForwarded;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.isReset;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.joined;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.post;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Requests over HTTP/2 whose fields, head or body are malformed or hostile. */
final class HostileHttp2Requests {
    private HostileHttp2Requests() {}

    static Stream<HostileHttp2Case> cases() {
        return Stream.of(fields(), heads(), bodies()).flatMap(cases -> cases);
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
                isAnswered(
                        "two media types",
                        400,
                        to -> to.headers(1, END_STREAM, get("content-type: text/plain", "content-type: text/html"))),
                isAnswered("no authority", 400, to -> to.headers(1, END_STREAM, GET[0], GET[1], GET[3])),
                isForwarded(
                        "a host in place of the authority",
                        "GET /x ",
                        to -> to.headers(1, END_STREAM, GET[0], GET[1], GET[3], "host: a")),
                isReset(
                        "two hosts in place of the authority",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, END_STREAM, GET[0], GET[1], GET[3], "host: a", "host: b")),
                isReset(
                        "a host beside a malformed authority",
                        PROTOCOL_ERROR,
                        to -> to.headers(1, END_STREAM, GET[0], GET[1], ":authority: a b", GET[3], "host: a")),
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
                        HostileHttp2Case.Expected.CLOSED,
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
}
