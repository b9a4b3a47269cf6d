package io.gatehouse.fuzz;

import io.gatehouse.fuzz.wire.Wire;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Lists upstream responses as bytes, valid and malformed in every part, with the outcomes that a client may get. */
final class Misbehaviours {
    /** Begins like a response, for a gateway that would send it to another client. */
    private static final String POISON =
            "HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\nSet-Cookie: evil=1\r\nContent-Length: 0\r\n";

    private static final String UNFINISHED = POISON + "X-Evil: ";
    private static final int INTERIM = 50;
    private static final int HUGE = 70_000;

    private Misbehaviours() {}

    enum Outcome {
        /** The whole response of the upstream. */
        OWN,
        /** A 502 or 504 of the gateway. */
        ERROR,
        /** A connection that closes within the response. */
        CUT
    }

    enum Ending {
        STAYS_OPEN,
        CLOSES,
        RESETS
    }

    /**
     * Describes one way to respond.
     *
     * @param bytes function of the request's marker
     * @param early whether the response is sent before the request body is read
     */
    record Misbehaviour(String name, UnaryOperator<String> bytes, Ending ending, boolean early, Set<Outcome> allowed) {
        /** Returns whether only the framing of the body is wrong. */
        boolean isFraming() {
            return name.startsWith("Transfer-Encoding")
                    || name.startsWith("Content-Length")
                    || name.startsWith("two lengths");
        }
    }

    static String body(String marker) {
        return "the body of " + marker;
    }

    private static String head(String marker) {
        return "HTTP/1.1 200 OK\r\nX-Marker: " + marker + "\r\n";
    }

    private static String length(String marker) {
        return "Content-Length: " + body(marker).length() + "\r\n";
    }

    private static String whole(String marker) {
        return head(marker) + length(marker) + "\r\n" + body(marker);
    }

    private static String chunk(String marker) {
        return Integer.toHexString(body(marker).length()) + "\r\n" + body(marker) + "\r\n";
    }

    static List<Misbehaviour> all() {
        List<Misbehaviour> all = new ArrayList<>();
        sound(all);
        excess(all);
        framing(all);
        heads(all);
        endings(all);
        return List.copyOf(all);
    }

    private static void add(
            List<Misbehaviour> all, String name, Outcome first, Outcome[] more, UnaryOperator<String> bytes) {
        all.add(new Misbehaviour(name, bytes, Ending.STAYS_OPEN, false, EnumSet.of(first, more)));
    }

    private static void own(List<Misbehaviour> all, String name, UnaryOperator<String> bytes) {
        add(all, name, Outcome.OWN, new Outcome[0], bytes);
    }

    private static void any(List<Misbehaviour> all, String name, UnaryOperator<String> bytes) {
        add(all, name, Outcome.OWN, new Outcome[] {Outcome.ERROR, Outcome.CUT}, bytes);
    }

    private static void error(List<Misbehaviour> all, String name, UnaryOperator<String> bytes) {
        add(all, name, Outcome.ERROR, new Outcome[0], bytes);
    }

    private static void broken(List<Misbehaviour> all, String name, Ending ending, UnaryOperator<String> bytes) {
        all.add(new Misbehaviour(name, bytes, ending, false, EnumSet.of(Outcome.ERROR, Outcome.CUT)));
    }

    private static void sound(List<Misbehaviour> all) {
        own(all, "sound, with a length", Misbehaviours::whole);
        own(all, "sound, chunked", m -> head(m) + "Transfer-Encoding: chunked\r\n\r\n" + chunk(m) + "0\r\n\r\n");
        own(all, "sound, after 103", m -> "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + whole(m));
        own(
                all,
                "sound, with trailers",
                m -> head(m) + "Transfer-Encoding: chunked\r\n\r\n" + chunk(m) + "0\r\nX-T: a\r\n\r\n");
        all.add(new Misbehaviour(
                "sound, until the end",
                m -> head(m) + "Connection: close\r\n\r\n" + body(m),
                Ending.CLOSES,
                false,
                EnumSet.of(Outcome.OWN)));
        all.add(new Misbehaviour(
                "before the request's body",
                Misbehaviours::whole,
                Ending.STAYS_OPEN,
                true,
                EnumSet.allOf(Outcome.class)));
    }

    private static void excess(List<Misbehaviour> all) {
        for (String more : List.of(
                "x",
                "\r\n",
                "xxxx HTTP",
                POISON + "\r\n",
                UNFINISHED,
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n")) {
            String excess =
                    Wire.readable(more.substring(0, Math.min(more.length(), 9))).strip();
            any(all, "excess after a length: " + excess, m -> whole(m) + more);
            any(
                    all,
                    "excess after chunks: " + excess,
                    m -> head(m) + "Transfer-Encoding: chunked\r\n\r\n" + chunk(m) + "0\r\n\r\n" + more);
            any(all, "204 with a body: " + excess, m -> "HTTP/1.1 204 No\r\nX-Marker: " + m + "\r\n\r\n" + more);
            any(
                    all,
                    "304 with a body: " + excess,
                    m -> "HTTP/1.1 304 Not\r\nX-Marker: " + m + "\r\nContent-Length: 5\r\n\r\n" + more);
            any(all, "more than no length at all: " + excess, m -> head(m) + "Content-Length: 0\r\n\r\n" + more);
        }
    }

    private static void framing(List<Misbehaviour> all) {
        for (String coding : List.of(
                "gzip, chunked", "gzip", "chunked, chunked", "identity", "xchunked", "chunked, gzip", "chunked;q=1")) {
            error(
                    all,
                    "Transfer-Encoding: " + coding,
                    m -> head(m) + "Transfer-Encoding: " + coding + "\r\n\r\n" + chunk(m) + "0\r\n\r\n");
        }
        for (String length : List.of("+5", "-1", "5x", "0x5", "99999999999999999999", "5, 6", "5 5", "")) {
            error(all, "Content-Length: " + length, m -> head(m) + "Content-Length: " + length + "\r\n\r\n" + body(m));
        }
        error(all, "two lengths that differ", m -> head(m) + "Content-Length: 3\r\n" + length(m) + "\r\n" + body(m));
        any(all, "the same length twice", m -> head(m) + length(m) + length(m) + "\r\n" + body(m));
        any(
                all,
                "a length and a coding",
                m -> head(m) + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(m) + "0\r\n\r\n");
        for (String size : List.of("xyz", "-1", "ffffffffffffffffff", "", "+5", "0x5")) {
            broken(
                    all,
                    "a chunk size of " + size,
                    Ending.STAYS_OPEN,
                    m -> head(m) + "Transfer-Encoding: chunked\r\n\r\n" + chunk(m) + size + "\r\nabc\r\n0\r\n\r\n");
        }
        broken(
                all,
                "a chunk longer than it says",
                Ending.STAYS_OPEN,
                m -> head(m) + "Transfer-Encoding: chunked\r\n\r\n2\r\n" + body(m) + "\r\n0\r\n\r\n");
        broken(
                all,
                "malformed trailers",
                Ending.STAYS_OPEN,
                m -> head(m) + "Transfer-Encoding: chunked\r\n\r\n" + chunk(m) + "0\r\nX T: a\r\nnonsense\r\n\r\n");
    }

    private static void heads(List<Misbehaviour> all) {
        for (String line : List.of(
                "HTTP/1.1 099 X",
                "HTTP/1.1 000 X",
                "HTTP/1.1 42 X",
                "HTTP/2.0 200 OK",
                "ICY 200 OK",
                "HTTP/1.1 1000 X",
                "HTTP/1.1 abc X",
                "HTTP/1.1 101 Switching Protocols",
                "nonsense",
                "HTTP/1.1 -200 OK")) {
            error(all, "status line " + line, m -> line + whole(m).substring("HTTP/1.1 200 OK".length()));
            error(all, "status line " + line + ", then a sound response", m -> line + "\r\nX-A: b\r\n\r\n" + whole(m));
        }
        any(all, "no reason", m -> "HTTP/1.1 200\r\n" + whole(m).substring("HTTP/1.1 200 OK\r\n".length()));
        any(all, "many interim responses", m -> "HTTP/1.1 103 Early\r\nX-A: b\r\n\r\n".repeat(INTERIM) + whole(m));
        for (String line : List.of("nonsense", ": a", "X A: b", "X-\u00e4: b", "X-A: b\0c")) {
            any(all, "field line " + Wire.readable(line), m -> head(m) + line + "\r\n" + length(m) + "\r\n" + body(m));
        }
        for (String line : List.of("X-A: b\r\n c", "X-A : b", "X-A: b\rX-Evil: c", "X-A: " + "a".repeat(HUGE))) {
            any(
                    all,
                    "field line "
                            + Wire.readable(line.substring(0, Math.min(20, line.length())))
                                    .replace("\n", ""),
                    m -> head(m) + line + "\r\n" + length(m) + "\r\n" + body(m));
        }
    }

    private static void endings(List<Misbehaviour> all) {
        for (Ending ending : List.of(Ending.CLOSES, Ending.RESETS)) {
            broken(all, "nothing, and it " + ending, ending, m -> "");
            broken(all, "half a status line, and it " + ending, ending, m -> "HTTP/1.1 2");
            broken(all, "half a head, and it " + ending, ending, m -> head(m) + "X-A: ");
            broken(
                    all,
                    "half a body, and it " + ending,
                    ending,
                    m -> head(m) + "Content-Length: 1000\r\n\r\n" + body(m));
            broken(
                    all,
                    "half a chunk, and it " + ending,
                    ending,
                    m -> head(m) + "Transfer-Encoding: chunked\r\n\r\nfff\r\n" + body(m));
            broken(
                    all,
                    "no last chunk, and it " + ending,
                    ending,
                    m -> head(m) + "Transfer-Encoding: chunked\r\n\r\n" + chunk(m));
        }
    }
}
