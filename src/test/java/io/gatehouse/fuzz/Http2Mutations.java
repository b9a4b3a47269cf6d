package io.gatehouse.fuzz;

import io.gatehouse.fuzz.wire.ParsedRequest.Verdict;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Lists mutations of HTTP/2 requests (RFC 9113 §8), malformed and unusual ones. */
final class Http2Mutations {
    private Http2Mutations() {}

    static Map<String, Consumer<Http2Draft>> all() {
        Map<String, Consumer<Http2Draft>> all = new TreeMap<>();
        all.put(
                "HTTP/2: a body and its length",
                draft -> draft.withBody().fields.add("content-length: " + draft.body.length()));
        all.put("HTTP/2: a length that is wrong", draft -> {
            draft.withBody();
            int length = draft.body.length();
            draft.malformed("content-length: " + draft.dice.of(0, 1, length - 1, length + 1, 2 * length));
            if (draft.body.length() == 1 && draft.fields.contains("content-length: 1")) {
                draft.verdict = Verdict.VALID;
            }
        });
        all.put("HTTP/2: an odd length", draft -> {
            draft.withBody();
            int length = draft.body.length();
            draft.malformed("content-length: "
                    + draft.dice.of(
                            "+" + length,
                            "-" + length,
                            "0x" + length,
                            length + ".0",
                            length + "x",
                            "",
                            length + "," + (length + 1)));
        });
        all.put("HTTP/2: two lengths that differ", draft -> {
            draft.withBody();
            draft.malformed("content-length: " + draft.body.length(), "content-length: " + (draft.body.length() + 1));
        });
        all.put(
                "HTTP/2: a length and no body",
                draft -> draft.malformed("content-length: " + draft.dice.between(1, 500)));
        all.put("HTTP/2: a header of HTTP/1's connection", draft -> {
            draft.withBody();
            draft.malformed(draft.dice.of(
                    "connection: content-length",
                    "connection: close",
                    "transfer-encoding: chunked",
                    "upgrade: websocket",
                    "upgrade: h2c",
                    "keep-alive: timeout=5",
                    "proxy-connection: close",
                    "te: gzip"));
        });
        all.put("HTTP/2: a control character in a value", draft -> {
            String c = draft.dice.of("\r\n", "\r", "\n", "\0", "\r\n\r\n");
            draft.withBody()
                    .malformed("x-a: b" + c
                            + draft.dice.of("x-consumer-username: root", "content-length: 0", "GET /x HTTP/1.1"));
        });
        all.put(
                "HTTP/2: an odd name",
                draft -> draft.malformed(draft.dice.of(
                        "X-Upper: 1",
                        "x y: 1",
                        "x\r\ny: 1",
                        "x\0: 1",
                        "transfer-encoding : chunked",
                        "x\u00e4: 1",
                        "content-length\r\n: 5",
                        ": 1")));
        all.put("HTTP/2: an odd pseudo-header", Http2Mutations::pseudo);
        all.put(
                "HTTP/2: a forged identity",
                draft -> draft.withBody()
                        .fields
                        .add(draft.dice.of(
                                "x-consumer-username: root",
                                "x_consumer_id: root",
                                "x-authenticated_userid: root",
                                "x-credential-identifier: root")));
        all.put("HTTP/2: trailers", draft -> draft.withBody().trailers = new String[] {"x-trailer: 1"});
        all.put("HTTP/2: trailers that are forbidden", draft -> {
            draft.withBody().trailers = new String[] {
                draft.dice.of(
                        "content-length: 5",
                        "transfer-encoding: chunked",
                        "x-consumer-username: root",
                        "host: private.test",
                        "authorization: Bearer x")
            };
            draft.verdict = Verdict.TOLERABLE;
        });
        all.put("HTTP/2: a pseudo-header as a trailer", draft -> {
            draft.withBody().trailers =
                    new String[] {draft.dice.of(":path: /open/private", ":method: GET", ":status: 200")};
            draft.verdict = Verdict.MALFORMED;
        });
        all.put("HTTP/2: a stream that is reset", draft -> {
            draft.withBody().isReset = true;
            draft.verdict = Verdict.MALFORMED;
        });
        all.put("HTTP/2: cookies", draft -> {
            draft.fields.add("cookie: a=b");
            draft.fields.add("cookie: c=d");
        });
        all.put("HTTP/2: te: trailers", draft -> draft.fields.add("te: trailers"));
        return all;
    }

    private static void pseudo(Http2Draft draft) {
        draft.verdict = Verdict.MALFORMED;
        String path = "/open/" + draft.marker;
        switch (draft.dice.below(9)) {
            case 0 -> draft.fields.add(":path: /open/private");
            case 1 ->
                draft.fields.add(
                        draft.dice.of(":method: PUT", ":status: 200", ":unknown: 1", ":authority: private.test"));
            case 2 -> draft.fields.remove(draft.dice.of(0, 1, 3).intValue());
            case 3 ->
                draft.fields.set(
                        3,
                        ":path: "
                                + draft.dice.of(
                                        path + " HTTP/1.1\r\nX-A: b", path + "\0", path + "#f", path + "\nx: y"));
            case 4 ->
                draft.fields.set(
                        0,
                        ":method: "
                                + draft.dice.of(
                                        "GET /open/" + draft.markers.next() + " HTTP/1.1\r\nx: y",
                                        "G T",
                                        "",
                                        "GET\r\n"));
            case 5 ->
                draft.fields.set(
                        2, ":authority: " + draft.dice.of("a\r\nX-A: b", "user@gateway.test", "gateway.test/x", "a b"));
            case 6 -> draft.fields.add("host: private.test");
            case 7 -> draft.fields.add(0, "x-first: 1");
            default ->
                draft.fields.set(
                        3, ":path: " + draft.dice.of("", "open/" + draft.marker, "*", "http://private.test" + path));
        }
    }
}
