package io.gatehouse.fuzz;

import io.gatehouse.fuzz.Expectations.Expected;
import io.gatehouse.fuzz.wire.ParsedRequest.Verdict;
import io.gatehouse.fuzz.wire.Wire;
import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.Http2Socket.Frame;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends HTTP/2 requests on streams of one connection, and compares each response with its request. */
final class Http2Client {
    private static final int MOST_STREAMS = 6;
    private static final int INTERNAL_ERROR = 500;
    private static final int BAD_GATEWAY = 502;

    private final long seed;
    private final int port;
    private final Expectations expectations;
    private final Findings findings;
    private final Tally tally;
    private final Map<String, Consumer<Http2Draft>> mutations = Http2Mutations.all();
    private final List<String> names = List.copyOf(mutations.keySet());

    Http2Client(long seed, int port, Expectations expectations, Findings findings, Tally tally) {
        this.seed = seed;
        this.port = port;
        this.expectations = expectations;
        this.findings = findings;
        this.tally = tally;
    }

    void run(long number) {
        Dice dice = new Dice(seed, number);
        Draft.Markers markers = new Draft.Markers(number);
        Map<Integer, Http2Draft> streams = new TreeMap<>();
        for (int stream = 1; stream < 2 * dice.between(1, MOST_STREAMS); stream += 2) {
            streams.put(stream, draft(dice, markers));
        }
        expect(number, streams);
        try (Http2Socket socket = Http2Socket.open(port)) {
            streams.forEach((stream, draft) -> {
                draft.send(socket, stream);
                if (dice.percent(50)) {
                    socket.send();
                }
            });
            socket.send();
            read(socket, streams);
        } catch (IOException e) {
            find(streams.values().iterator().next(), "HTTP/2: nothing came", e.toString());
        }
    }

    private Http2Draft draft(Dice dice, Draft.Markers markers) {
        Http2Draft draft = new Http2Draft(dice, markers);
        if (dice.percent(40)) {
            return dice.percent(50) ? draft.withBody() : draft;
        }
        draft.mutation = dice.of(names);
        mutations.getOrDefault(draft.mutation, none -> {}).accept(draft);
        return draft;
    }

    private void expect(long number, Map<Integer, Http2Draft> streams) {
        Map<String, Expected> expected = new LinkedHashMap<>();
        StringBuilder source = new StringBuilder("case " + number + " (HTTP/2)\n");
        StringBuilder suspects = new StringBuilder();
        streams.forEach((stream, draft) -> {
            tally.sent(draft.mutation);
            source.append(describe(draft));
            if (draft.verdict == Verdict.MALFORMED) {
                suspects.append(draft.mutation).append(' ');
            } else {
                expected.put(draft.marker, new Expected(draft.mutation, draft.request()));
            }
        });
        expectations.add(number, new Expectations.Source(source.toString(), suspects.toString()), expected);
    }

    private static String describe(Http2Draft draft) {
        return draft.mutation + "\n" + Wire.readable(String.join("\n", draft.fields) + "\n\n" + draft.body) + "\n"
                + (draft.trailers == null ? "" : Wire.readable(String.join("\n", draft.trailers)) + "\n");
    }

    private void find(Http2Draft draft, String what, String detail) {
        findings.add(what + " [" + draft.mutation + "]", detail + "\n" + describe(draft));
    }

    private void read(Http2Socket socket, Map<Integer, Http2Draft> streams) throws IOException {
        Set<Integer> open = new HashSet<>(streams.keySet());
        streams.forEach((stream, draft) -> {
            if (draft.isReset) {
                open.remove(stream);
            }
        });
        Map<Integer, StringBuilder> bodies = new HashMap<>();
        try {
            while (!open.isEmpty()) {
                Frame frame = socket.read();
                Http2Draft draft = streams.get(frame.stream());
                if (frame.type() == Http2Socket.GOAWAY) {
                    goAway(streams, frame);
                    return;
                }
                if (frame.type() == Http2Socket.HEADERS && draft != null) {
                    head(draft, socket.fields(frame));
                } else if (frame.type() == Http2Socket.DATA && draft != null) {
                    bodies.computeIfAbsent(frame.stream(), stream -> new StringBuilder())
                            .append(Wire.text(frame.payload().getBytes()));
                } else if (frame.type() == Http2Socket.RST_STREAM && draft != null) {
                    reset(draft, frame, open.remove(frame.stream()));
                }
                boolean ends = (frame.flags() & Http2Socket.END_STREAM) != 0
                        && (frame.type() == Http2Socket.HEADERS || frame.type() == Http2Socket.DATA);
                if (ends && draft != null && open.remove(frame.stream())) {
                    body(draft, String.valueOf(bodies.get(frame.stream())));
                }
            }
        } catch (EOFException | SocketException closed) {
            goAway(streams, null);
        }
    }

    /** Accepts GOAWAY after a malformed request. The other streams of the connection get no response then. */
    private void goAway(Map<Integer, Http2Draft> streams, @Nullable Frame frame) {
        boolean deserved = streams.values().stream().anyMatch(draft -> draft.verdict == Verdict.MALFORMED);
        if (!deserved) {
            find(streams.values().iterator().next(), "HTTP/2: the connection ended", String.valueOf(frame));
        }
    }

    private void reset(Http2Draft draft, Frame frame, boolean wasOpen) {
        if (wasOpen && draft.verdict == Verdict.VALID) {
            find(draft, "HTTP/2: a sound request was reset", "error " + frame.errorCode());
        }
    }

    private void head(Http2Draft draft, Http2Headers fields) {
        CharSequence status = fields.status();
        CharSequence marker = fields.get("x-marker");
        if (status == null) {
            return;
        }
        int code = Integer.parseInt(status.toString());
        if (marker != null && !marker.toString().equals(draft.marker)) {
            find(draft, "HTTP/2: the response of another request", marker + " for " + draft.marker);
        } else if (code < 400 && draft.verdict == Verdict.MALFORMED) {
            find(draft, "HTTP/2: malformed, but status " + code, "");
        } else if (code == INTERNAL_ERROR || code >= BAD_GATEWAY) {
            find(draft, "HTTP/2: a sound upstream, but " + code, "");
        }
        if (marker == null) {
            tally.refused(draft.mutation, code);
        }
    }

    private void body(Http2Draft draft, String body) {
        if (body.startsWith("m") && !body.equals(draft.marker)) {
            find(draft, "HTTP/2: the body of another response", body);
        }
    }
}
