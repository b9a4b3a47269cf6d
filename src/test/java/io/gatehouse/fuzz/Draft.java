package io.gatehouse.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Builds one HTTP/1 request. Mutations change its parts before it becomes text. */
final class Draft {
    final Dice dice;
    final Markers markers;
    final String marker;

    String mutation = "valid";
    String method = "GET";
    String target;
    String version = "HTTP/1.1";
    String separator = " ";
    /** Field lines without CRLF, {@code Host} first. */
    final List<String> lines = new ArrayList<>();

    String body = "";
    Framing framing = Framing.NONE;
    String trailers = "";
    /** Converts the hexadecimal size of a chunk to its size line. */
    UnaryOperator<String> sizeLine = size -> size;

    String afterChunk = "\r\n";
    /** Changes the complete text, after all other mutations. */
    UnaryOperator<String> finish = text -> text;

    enum Framing {
        NONE,
        LENGTH,
        CHUNKED
    }

    /** Creates the markers of the requests of one case, also of hidden ones. */
    static final class Markers {
        private final long number;
        private int next;

        Markers(long number) {
            this.number = number;
        }

        String next() {
            return "m" + number + "-" + next++;
        }
    }

    Draft(Dice dice, Markers markers) {
        this.dice = dice;
        this.markers = markers;
        this.marker = markers.next();
        this.target = dice.of("/open/", "/open/", "/kept/") + marker + dice.of("", "", "?a=b", "/x?q=%20");
        lines.add("Host: " + dice.of("gateway.test", "gateway.test", "other.test:8080"));
        lines.add("X-Marker: " + marker);
    }

    /** Returns a request to hide in a body. A recipient reads it as a request only if it misreads the framing. */
    String smuggled() {
        String hidden = markers.next();
        return dice.of("GET", "POST") + " /open/" + hidden + " HTTP/1.1\r\nHost: gateway.test\r\nX-Marker: " + hidden
                + "\r\nX-Consumer-Username: root\r\nContent-Length: 0\r\n\r\n";
    }

    /** Adds a body, which is a hidden request in half of the cases. */
    Draft withBody(Framing framed) {
        if (dice.percent(60)) {
            method = dice.of("POST", "PUT", "PATCH", "POST", "DELETE", "GET");
        } else {
            method = "POST";
        }
        framing = framed;
        body = dice.percent(50)
                ? smuggled()
                : dice.word(dice.percent(5) ? dice.between(1_000, 40_000) : dice.between(0, 60));
        return this;
    }

    Draft randomBody() {
        return withBody(dice.of(Framing.LENGTH, Framing.CHUNKED));
    }

    Draft line(String line) {
        lines.add(dice.between(1, lines.size()), line);
        return this;
    }

    /** Adds a change of the complete text. */
    Draft finish(UnaryOperator<String> change) {
        UnaryOperator<String> before = finish;
        finish = text -> change.apply(before.apply(text));
        return this;
    }

    String text() {
        StringBuilder text = new StringBuilder()
                .append(method)
                .append(separator)
                .append(target)
                .append(separator)
                .append(version)
                .append("\r\n");
        List<String> all = new ArrayList<>(lines);
        switch (framing) {
            case LENGTH -> all.add(dice.between(0, all.size()), "Content-Length: " + body.length());
            case CHUNKED -> all.add(dice.between(0, all.size()), "Transfer-Encoding: chunked");
            case NONE -> {}
        }
        all.forEach(line -> text.append(line).append("\r\n"));
        text.append("\r\n").append(framing == Framing.CHUNKED ? chunked() : body);
        return finish.apply(text.toString());
    }

    private String chunked() {
        StringBuilder chunks = new StringBuilder();
        for (int from = 0; from < body.length(); ) {
            int to = dice.percent(50) ? body.length() : Math.min(body.length(), from + dice.between(1, 600));
            chunks.append(sizeLine.apply(Integer.toHexString(to - from)))
                    .append("\r\n")
                    .append(body, from, to)
                    .append(afterChunk);
            from = to;
        }
        return chunks.append("0\r\n").append(trailers).append("\r\n").toString();
    }
}
