package io.gatehouse.fuzz;

import io.gatehouse.fuzz.Expectations.Expected;
import io.gatehouse.fuzz.wire.ParsedRequest;
import io.gatehouse.fuzz.wire.ParsedRequest.Verdict;
import io.gatehouse.fuzz.wire.RequestReader;
import io.gatehouse.fuzz.wire.ResponseReader;
import io.gatehouse.fuzz.wire.ResponseReader.MalformedResponse;
import io.gatehouse.fuzz.wire.ResponseReader.Response;
import io.gatehouse.fuzz.wire.Wire;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Sends a case over a connection of its own, and compares the responses with the case's requests by RFC 9112. */
final class Http1Client {
    /** Far longer than any response takes on a busy machine. */
    private static final int TIMEOUT_MILLIS = 20_000;

    private static final int LEAST_ERROR = 400;
    private static final int INTERNAL_ERROR = 500;
    private static final int BAD_GATEWAY = 502;
    private static final int SWITCHING_PROTOCOLS = 101;

    private final int port;
    private final Expectations expectations;
    private final Findings findings;
    private final Tally tally;

    Http1Client(int port, Expectations expectations, Findings findings, Tally tally) {
        this.port = port;
        this.expectations = expectations;
        this.findings = findings;
        this.tally = tally;
    }

    /** Runs one connection: sends the case, reads the responses and reports findings. */
    private final class Conversation {
        private final Case sent;
        private final List<ParsedRequest> requests;
        private @Nullable ResponseReader reader;

        Conversation(Case sent) {
            this.sent = sent;
            this.requests = RequestReader.readAll(sent.bytes());
        }

        private String mutation(int request) {
            return sent.mutationAt(
                    request == 0
                            ? 0
                            : requests.get(Math.min(request, requests.size()) - 1)
                                    .end());
        }

        private ParsedRequest last() {
            return requests.get(requests.size() - 1);
        }

        /** Index of the first message that must not be forwarded as a whole, or the number of requests. */
        private int whole() {
            return last().isWhole() ? requests.size() : requests.size() - 1;
        }

        private void expect() {
            sent.mutations().values().forEach(tally::sent);
            Map<String, Expected> expected = new LinkedHashMap<>();
            for (int i = 0; i < whole(); i++) {
                expected.put(String.valueOf(requests.get(i).marker()), new Expected(mutation(i), requests.get(i)));
            }
            // A hidden request can only come from the message that is not whole, if there is one.
            String suspect = last().isWhole()
                    ? String.join(", ", new TreeSet<>(sent.mutations().values()))
                    : mutation(whole());
            expectations.add(
                    sent.number(),
                    new Expectations.Source("case " + sent.number() + "\n" + Wire.readable(sent.bytes()), suspect),
                    expected);
        }

        private void find(int at, String what, String detail) {
            String read = reader == null ? "" : Wire.readable(reader.text());
            findings.add(
                    what + " [" + mutation(at) + "]",
                    "case " + sent.number() + ", message " + at + " of " + sent.mutations() + ": " + detail + "\n"
                            + Wire.readable(sent.bytes()) + "\ngot\n" + read);
        }

        void run() {
            expect();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.setTcpNoDelay(true);
                ResponseReader responses = new ResponseReader(new BufferedInputStream(socket.getInputStream()));
                reader = responses;
                write(socket);
                read(responses);
            } catch (SocketException e) {
                // Without a connection the client ends.
                find(0, "the gateway does not accept connections", e.toString());
            } catch (IOException e) {
                find(0, "a connection failed", e.toString());
            }
        }

        /** Writes the case. The gateway may close the connection before the end. */
        private void write(Socket socket) throws IOException {
            byte[] bytes = Wire.bytes(sent.bytes());
            int from = 0;
            try {
                for (int to : sent.pieces()) {
                    socket.getOutputStream().write(bytes, from, to - from);
                    from = to;
                }
            } catch (SocketException closed) {
                // The messages sent before still get responses.
            }
        }

        private void read(ResponseReader responses) throws IOException {
            int at = 0;
            boolean over = false;
            try {
                for (; at < whole() && !over; at++) {
                    Response response = responses.next(requests.get(at).method().equals("HEAD"));
                    if (response == null) {
                        find(at, "a response is missing", "the connection ended");
                        return;
                    }
                    over = judge(at, response);
                }
                if (over || last().isWhole()) {
                    noMore(at, responses);
                } else if (last().verdict() == Verdict.MALFORMED) {
                    refusal(at, responses);
                }
            } catch (MalformedResponse e) {
                find(at, "the client got a malformed response", String.valueOf(e.getMessage()));
            } catch (SocketTimeoutException e) {
                find(at, "no response within " + TIMEOUT_MILLIS + " ms", last().verdict() + " " + last().why());
            } catch (EOFException e) {
                find(at, "a response was cut short", String.valueOf(e.getMessage()));
            } catch (SocketException reset) {
                if (last().isWhole() && !over) {
                    find(at, "the connection was reset", reset.toString());
                }
            }
        }

        /** Checks one response. Returns whether it is the last of the connection. */
        private boolean judge(int at, Response response) {
            ParsedRequest request = requests.get(at);
            String marker = response.value("x-marker");
            if (response.status() == SWITCHING_PROTOCOLS) {
                find(at, "switched protocols", "to " + response.value("upgrade"));
                return true;
            }
            if (marker == null) {
                refused(at, response);
            } else if (!marker.equals(request.marker())) {
                find(at, "the response of another request", marker + " for " + request.marker());
            } else if (!request.method().equals("HEAD") && !response.body().equals(marker)) {
                find(at, "another body than the upstream's", response.body());
            }
            // RFC 9112 §9.3: an HTTP/1.0 connection persists only if the response says so.
            boolean ends = request.version().equals("HTTP/1.0")
                    && !"keep-alive".equalsIgnoreCase(response.value("connection"));
            return ends || response.closes() || request.closes();
        }

        private void refused(int at, Response response) {
            tally.refused(mutation(at), response.status());
            if (response.status() < LEAST_ERROR) {
                find(at, "a response to no request", "status " + response.status());
            } else if (response.status() == INTERNAL_ERROR || response.status() >= BAD_GATEWAY) {
                boolean expected = requests.get(at).why().contains("version") && response.status() == 505;
                if (!expected) {
                    find(at, "a sound request and upstream, but " + response.status(), response.body());
                }
            }
        }

        private void noMore(int at, ResponseReader responses) throws IOException {
            String rest = responses.rest();
            if (!rest.isEmpty()) {
                find(at - 1, "bytes after the last response", rest);
            }
        }

        /** Checks that a malformed message is rejected or closes the connection, and that no response follows. */
        private void refusal(int at, ResponseReader responses) throws IOException {
            // If the head itself is malformed, the error response to HEAD may have a body.
            Response response = responses.next(sent.bytes().contains("HEAD "));
            if (response == null) {
                return;
            }
            tally.refused(mutation(at), response.status());
            String marker = response.value("x-marker");
            boolean early = marker != null && marker.equals(last().marker());
            if (response.status() < LEAST_ERROR && !early) {
                find(at, "malformed (" + last().why() + "), but status " + response.status(), String.valueOf(marker));
            } else if (response.status() == INTERNAL_ERROR) {
                find(at, "malformed (" + last().why() + "), but status 500", "");
            }
            if (responses.rest().contains("HTTP/1.")) {
                find(at, "a response after a malformed message (" + last().why() + ")", "");
            }
        }
    }

    void run(Case sent) {
        new Conversation(sent).run();
    }
}
