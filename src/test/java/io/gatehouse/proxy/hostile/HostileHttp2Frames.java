package io.gatehouse.proxy.hostile;

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
import static io.gatehouse.proxy.hostile.HostileHttp2Case.ABC;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.CANCEL;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.COMPRESSION_ERROR;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.EIGHT;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.ENHANCE_YOUR_CALM;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.FLOW_CONTROL_ERROR;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.FRAME_SIZE_ERROR;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.GET;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.PROTOCOL_ERROR;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.goesAway;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.isReset;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.joined;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.many;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.post;

import java.util.stream.Stream;

/** Frames that HTTP/2 does not allow where or as often as they are. */
final class HostileHttp2Frames {
    /** Twice the limit of a period: a new period may begin in between. */
    private static final int MANY_FRAMES = 20_000;

    private HostileHttp2Frames() {}

    static Stream<HostileHttp2Case> cases() {
        return Stream.concat(framing(), floods());
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
                goesAway("PING", ENHANCE_YOUR_CALM, to -> many(MANY_FRAMES, i -> to.frame(PING, 0, 0, EIGHT))),
                goesAway("SETTINGS", ENHANCE_YOUR_CALM, to -> many(MANY_FRAMES, i -> to.frame(SETTINGS, 0, 0))));
    }
}
