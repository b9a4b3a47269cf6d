package io.gatehouse.fuzz;

import io.gatehouse.fuzz.Draft.Framing;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Lists mutations of body lengths and chunks (RFC 9112 §6, §7), malformed and unusual ones. */
final class FramingMutations {
    private static final String[] CODINGS = {
        "chunked, chunked",
        "gzip, chunked",
        "chunked, gzip",
        "identity",
        "xchunked",
        "chunked;q=1",
        "\u000bchunked",
        "CHUNKED",
        " chunked ",
        ",chunked",
        "chunked,",
        "\"chunked\"",
        "",
        "gzip",
        "chunked\t",
        "chun ked",
        "chunked\0"
    };
    private static final String[] NAMES = {
        "content-length",
        "Content-Length",
        "transfer-encoding",
        "Transfer-Encoding",
        "host",
        "te",
        "trailer",
        "upgrade",
        "expect",
        "proxy-connection",
        "proxy-authorization",
        "via",
        "x-forwarded-for",
        "cookie",
        "x-kong-request-id",
        "x-consumer-username",
        "connection",
        "content-type",
        "traceparent"
    };

    private FramingMutations() {}

    static Map<String, Consumer<Draft>> all() {
        Map<String, Consumer<Draft>> all = new TreeMap<>();
        lengths(all);
        codings(all);
        chunks(all);
        all.put("trailers", draft -> {
            draft.withBody(Framing.CHUNKED);
            draft.trailers = "X-Trailer: " + draft.dice.word(5) + "\r\n";
        });
        all.put("trailers that are forbidden", draft -> {
            draft.withBody(Framing.CHUNKED);
            draft.trailers = draft.dice.of(
                    "Content-Length: 5\r\n",
                    "Transfer-Encoding: chunked\r\n",
                    "Host: private.test\r\n",
                    "X-Consumer-Username: root\r\n",
                    "x_authenticated_userid: root\r\n",
                    "Connection: close\r\n",
                    "Authorization: Bearer x\r\n");
            if (draft.dice.percent(50)) {
                draft.line("Trailer: X-Consumer-Username, Content-Length");
            }
        });
        all.put("trailers that are malformed", draft -> {
            draft.withBody(Framing.CHUNKED);
            draft.trailers = draft.dice.of(
                    "X A: b\r\n",
                    "X-A : b\r\n",
                    " X-A: b\r\n",
                    "nonsense\r\n",
                    "X-A: b\n",
                    "X-A: b\rc\r\n",
                    "X-A: \0\r\n");
        });
        return all;
    }

    private static void lengths(Map<String, Consumer<Draft>> all) {
        all.put("Connection names a header", draft -> {
            String name = draft.dice.of(NAMES);
            draft.randomBody().line("Connection: " + draft.dice.of(name, "keep-alive, " + name, name + ",te"));
        });
        all.put(
                "Connection names Content-Length",
                draft -> draft.withBody(Framing.LENGTH)
                        .line("Connection: "
                                + draft.dice.of("Content-Length", "content-length", "keep-alive,Content-Length ")));
        all.put("two lengths that differ", draft -> {
            draft.withBody(Framing.LENGTH);
            draft.version = draft.dice.of("HTTP/1.0", "HTTP/1.1");
            draft.line("Connection: keep-alive");
            int other = draft.dice.of(0, 5, draft.body.length() + 1, Math.max(0, draft.body.length() - 1));
            draft.line(draft.dice.of("Content-Length: ", "content-length: ", "Content-Length:") + other);
        });
        all.put("the same length twice", draft -> {
            draft.withBody(Framing.LENGTH);
            draft.version = draft.dice.of("HTTP/1.0", "HTTP/1.1", "HTTP/1.1");
            draft.line("Connection: keep-alive").line("Content-Length: " + draft.body.length());
        });
        all.put("an odd length", draft -> {
            draft.withBody(Framing.NONE);
            int length = draft.body.length();
            draft.version = draft.dice.of("HTTP/1.0", "HTTP/1.1", "HTTP/1.1");
            draft.line("Content-Length:"
                    + draft.dice.of(
                            " +" + length,
                            " -" + length,
                            " 0x" + Integer.toHexString(length),
                            " " + length + " 0",
                            " 0" + length,
                            " " + length + ".0",
                            " " + length + ";",
                            " " + length + ",",
                            " ",
                            " 99999999999999999999",
                            "\u000b" + length,
                            " " + length + ", " + length,
                            " " + length + "\t",
                            " \t " + length,
                            " " + length + "\0",
                            " \u00b2",
                            " 1e1",
                            " 00000000000000000000000" + length,
                            " ," + length,
                            " 5_0"));
        });
        all.put("a length and a coding", draft -> {
            draft.randomBody();
            String other = draft.framing == Framing.LENGTH
                    ? "Transfer-Encoding: chunked"
                    : "Content-Length: " + draft.dice.of(0, 4, draft.body.length());
            draft.version = draft.dice.of("HTTP/1.0", "HTTP/1.1", "HTTP/1.1");
            draft.line(other);
        });
        all.put(
                "framing with an underscore",
                draft -> draft.randomBody()
                        .line(draft.dice.of("Content_Length: 100", "Transfer_Encoding: chunked", "content_length: 0")));
    }

    private static void codings(Map<String, Consumer<Draft>> all) {
        all.put("an odd coding", draft -> {
            draft.withBody(Framing.CHUNKED);
            String coding = draft.dice.of(CODINGS);
            draft.finish(text -> text.replaceFirst("Transfer-Encoding: chunked", "Transfer-Encoding: " + coding));
        });
        all.put(
                "two codings",
                draft -> draft.withBody(Framing.CHUNKED)
                        .line(draft.dice.of("Transfer-Encoding: ", "transfer-encoding:") + draft.dice.of(CODINGS)));
        all.put("a coding in HTTP/1.0", draft -> {
            draft.withBody(Framing.CHUNKED).line("Connection: keep-alive");
            draft.version = "HTTP/1.0";
        });
    }

    private static void chunks(Map<String, Consumer<Draft>> all) {
        all.put("chunk extensions", draft -> {
            draft.withBody(Framing.CHUNKED);
            String extension = draft.dice.of(
                    ";a",
                    ";a=b",
                    ";a=\"b c\"",
                    " ; a = b",
                    ";",
                    ";;",
                    ";a=\"\r\n\"",
                    ";a\nb",
                    ";a\r",
                    ";" + "a".repeat(500),
                    "\t;a",
                    ";\u0080",
                    ";\0",
                    " a",
                    ";a=\"0\\r\\n\"");
            draft.sizeLine = size -> size + extension;
        });
        all.put("an odd chunk size", draft -> {
            draft.withBody(Framing.CHUNKED);
            int kind = draft.dice.below(15);
            draft.sizeLine = size -> switch (kind) {
                case 0 -> "0" + size;
                case 1 -> "+" + size;
                case 2 -> "-" + size;
                case 3 -> "0x" + size;
                case 4 -> "ffffffff" + size;
                case 5 -> "100000000" + size;
                case 6 -> "";
                case 7 -> size + " ";
                case 8 -> " " + size;
                case 9 -> size + "_0";
                case 10 -> "000000000000000000000000" + size;
                case 11 -> "ffffffffffffffffff";
                case 12 -> size + "\u000b";
                case 13 -> size + "g";
                default -> size.toUpperCase(java.util.Locale.ROOT);
            };
        });
        all.put("a chunk size that is wrong by a little", draft -> {
            draft.withBody(Framing.CHUNKED);
            int by = draft.dice.of(-2, -1, 1, 2);
            draft.sizeLine = size -> Integer.toHexString(Math.max(1, Integer.parseInt(size, 16) + by));
        });
        all.put("chunks with other line ends", draft -> {
            draft.withBody(Framing.CHUNKED);
            draft.afterChunk = draft.dice.of("\n", "\r", "", "\r\r\n", "\n\r\n", "xx", "\r\n");
            String end = draft.dice.of("\n", "\r\r\n", "\r\n");
            draft.finish(text -> text.replace("\r\n0\r\n", "\r\n0" + end));
        });
        all.put("a body that does not end", draft -> {
            draft.randomBody();
            draft.body += "xyz";
            int missing = draft.dice.between(1, 3);
            draft.finish(text -> text.substring(0, text.length() - missing));
        });
    }
}
