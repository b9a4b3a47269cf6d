package io.gatehouse.fuzz;

import io.gatehouse.fuzz.Draft.Framing;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Lists mutations of request lines and field lines, malformed and unusual ones, and special requests. */
final class HeadMutations {
    private HeadMutations() {}

    static Map<String, Consumer<Draft>> all() {
        Map<String, Consumer<Draft>> all = new TreeMap<>();
        requestLines(all);
        lines(all);
        upgrades(all);
        meanings(all);
        return all;
    }

    private static void requestLines(Map<String, Consumer<Draft>> all) {
        all.put(
                "an odd separator",
                draft -> draft.separator = draft.dice.of("\t", "  ", "\u000b", "\f", "\r", " \t", "\u00a0", "\0"));
        all.put(
                "an empty line in front",
                draft -> draft.finish(text -> draft.dice.of("\r\n", "\r\n\r\n", "\n", "\r", " ", " \r\n") + text));
        all.put(
                "an odd version",
                draft -> draft.version = draft.dice.of(
                        "HTTP/1.2",
                        "HTTP/0.9",
                        "HTTP/2.0",
                        "http/1.1",
                        "HTTP/1.1 ",
                        "HTTP/1.10",
                        "HTTP/11",
                        "ABC/7.5",
                        "",
                        "HTTP/1"));
        all.put("HTTP/1.0", draft -> {
            draft.version = "HTTP/1.0";
            if (draft.dice.percent(70)) {
                draft.line("Connection: " + draft.dice.of("keep-alive", "Keep-Alive", "keep-alive, te", "close"));
            }
            if (draft.dice.percent(50)) {
                draft.withBody(Framing.LENGTH);
            }
            if (draft.dice.percent(20)) {
                draft.lines.remove(0);
            }
        });
        all.put(
                "an odd method",
                draft -> draft.method = draft.dice.of(
                        "PROPFIND",
                        "get",
                        "M-SEARCH",
                        "G!T",
                        "TRACE",
                        "CONNECT",
                        "G[T",
                        "PURGE",
                        "PRI",
                        "G\u00e9T",
                        "OPTIONS",
                        "HEAD"));
        all.put("an odd target", draft -> {
            String path = draft.target;
            draft.target = draft.dice.of(
                    "http://gateway.test" + path,
                    "http://private.test" + path,
                    "HTTP://OTHER.TEST:81" + path,
                    "https://gateway.test" + path,
                    "*",
                    "gateway.test:80",
                    path + "#f",
                    path + "?a=%zz",
                    path + "?\u00e4",
                    "//" + path,
                    "/open/../open/" + draft.marker,
                    path + "?" + "a".repeat(9_000),
                    path + "\"",
                    path + "\\x",
                    "/%6fpen/" + draft.marker,
                    "http://user@gateway.test" + path,
                    "?" + draft.marker,
                    path + "?a=\u0001");
        });
    }

    private static void lines(Map<String, Consumer<Draft>> all) {
        all.put("a folded line", draft -> {
            Dice dice = draft.dice;
            draft.randomBody()
                    .line(dice.of(
                            "X-A: b\r\n c",
                            "X-A: b\r\n\tTransfer-Encoding: chunked",
                            "X-A:\r\n b",
                            "X-A: b\r\n \r\n c",
                            "Content-Length: 1\r\n 0",
                            "Transfer-Encoding:\r\n chunked",
                            "X-A: b\r\n X-Consumer-Username: root"));
        });
        all.put(
                "white space before the colon",
                draft -> draft.randomBody()
                        .line(draft.dice.of(
                                "X-A : b",
                                "Content-Length : 5",
                                "Transfer-Encoding\t: chunked",
                                "Content-Length\u000b: 1",
                                " X-A: b",
                                "Host : private.test",
                                "X A: b")));
        all.put("a control character", draft -> {
            String c = draft.dice.of("\r", "\n", "\0", "\u000b", "\f", "\u0001", "\u007f", "\u001b", "\u0085", "\r\r");
            draft.line(draft.dice.of(
                    "X-A: b" + c + "X-Consumer-Username: root", "X-" + c + "A: b", "X-A:" + c + "b", "X-A: b" + c));
        });
        all.put(
                "another line end",
                draft -> draft.randomBody().finish(text -> {
                    int at = text.indexOf("\r\n", draft.dice.below(text.indexOf("\r\n\r\n") + 1));
                    return text.substring(0, at)
                            + draft.dice.of("\n", "\r", "\r\r\n", "\n\r\n", "")
                            + text.substring(at + 2);
                }));
        all.put(
                "an odd line",
                draft -> draft.line(draft.dice.of(
                        ": b",
                        "nonsense",
                        "X-\u00e4: b",
                        "X/A: b",
                        "X-A",
                        "X-A:",
                        "X-A: \u00e4",
                        "X(A): b",
                        "X-A:b",
                        "X.A: b",
                        "X-A: " + "a".repeat(5_000),
                        "X-A: " + "a".repeat(40_000),
                        "\"X\": b",
                        "X-A: ,,,",
                        "X-A:\t b\t ")));
        all.put("a Host more, less or odd", draft -> {
            Dice dice = draft.dice;
            int kind = dice.below(4);
            if (kind == 0) {
                draft.lines.remove(0);
            } else if (kind == 1) {
                draft.line("Host: " + dice.of("gateway.test", "private.test", ""));
            } else {
                draft.lines.set(
                        0,
                        "Host: "
                                + dice.of(
                                        "",
                                        "user@gateway.test",
                                        "gateway.test/x",
                                        "a b",
                                        "gateway.test:8o",
                                        "a,b",
                                        "[::1]",
                                        "[::1",
                                        "a:1:2",
                                        "gateway.test:",
                                        "GATEWAY.TEST",
                                        "gateway.test.",
                                        "a\\b",
                                        "a%00",
                                        "\u00e4.test"));
            }
            draft.randomBody();
        });
        all.put("any header twice", draft -> {
            draft.randomBody();
            String line = draft.dice.of(draft.lines);
            draft.line(line);
        });
    }

    private static void upgrades(Map<String, Consumer<Draft>> all) {
        Consumer<Draft> handshake = draft -> draft.line("Upgrade: " + draft.dice.of("websocket", "WebSocket"))
                .line("Connection: " + draft.dice.of("Upgrade", "keep-alive, Upgrade", "upgrade"))
                .line("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
                .line("Sec-WebSocket-Version: 13");
        all.put("a WebSocket handshake", handshake);
        all.put("a WebSocket handshake with a body", draft -> {
            draft.randomBody();
            draft.body = draft.dice.percent(80) ? draft.smuggled() : draft.body;
            draft.method = "GET";
            handshake.accept(draft);
        });
        all.put(
                "half a WebSocket handshake",
                draft -> draft.randomBody()
                        .line("Upgrade: websocket")
                        .line("Connection: " + draft.dice.of("Upgrade", "close", "keep-alive")));
        all.put("an upgrade to h2c", draft -> {
            if (draft.dice.percent(60)) {
                draft.randomBody();
            }
            draft.line("Upgrade: " + draft.dice.of("h2c", "h2c, websocket", "h2", "TLS/1.3", "HTTP/2.0"))
                    .line("Connection: Upgrade, HTTP2-Settings")
                    .line("HTTP2-Settings: AAMAAABkAAQAAP__");
        });
        all.put(
                "Expect",
                draft -> draft.randomBody()
                        .line("Expect: " + draft.dice.of("100-continue", "100-Continue", "other", "")));
    }

    private static void meanings(Map<String, Consumer<Draft>> all) {
        all.put(
                "a forged identity",
                draft -> draft.randomBody()
                        .line(draft.dice.of(
                                        "X-Consumer-Username",
                                        "X_Consumer_Username",
                                        "x-consumer_id",
                                        "X-Authenticated-Userid",
                                        "X-Credential-Identifier",
                                        "x_credential-identifier",
                                        "X-Anonymous-Consumer",
                                        "X-CONSUMER-GROUPS",
                                        "X-Authenticated_Scope",
                                        "X-Consumer-Custom-ID",
                                        "X-Consumer.Username")
                                + ": root"));
        all.put(
                "hop-by-hop headers",
                draft -> draft.randomBody()
                        .line(draft.dice.of(
                                "TE: trailers",
                                "TE: gzip, chunked",
                                "Keep-Alive: timeout=5",
                                "Proxy-Connection: close",
                                "Proxy-Authorization: x",
                                "Connection: close, keep-alive",
                                "Connection: ,,",
                                "Connection: \"close\"",
                                "Trailer: Content-Length",
                                "Connection: " + "te,".repeat(50))));
        all.put("a body where there is none mostly", draft -> {
            draft.randomBody();
            draft.method = draft.dice.of("GET", "HEAD", "DELETE", "OPTIONS");
        });
        all.put("HEAD", draft -> draft.method = "HEAD");
        all.put("many headers", draft -> {
            for (int i = draft.dice.between(20, 150); i > 0; i--) {
                draft.line("X-" + draft.dice.word(3) + ": " + draft.dice.word(8));
            }
        });
        all.put(
                "a path that wants a token",
                draft -> draft.target = draft.dice.of(
                                "/open/private/",
                                "/open//private/",
                                "/open/x/../private/",
                                "/open/%70rivate/",
                                "/open/./private/")
                        + draft.marker);
    }
}
