package io.gatehouse.fuzz;

import io.gatehouse.fuzz.Misbehaviours.Misbehaviour;
import io.gatehouse.fuzz.Misbehaviours.Outcome;
import io.gatehouse.fuzz.wire.ResponseReader;
import io.gatehouse.fuzz.wire.ResponseReader.MalformedResponse;
import io.gatehouse.fuzz.wire.ResponseReader.Response;
import io.gatehouse.fuzz.wire.Wire;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Runs clients against a misbehaving upstream. Each must get its own response or a clean error. */
final class UpstreamFuzz implements AutoCloseable {
    private static final int CLIENTS = 12;
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final int UPSTREAM_TIMEOUT_MILLIS = 3_000;
    private static final int BAD_GATEWAY = 502;
    private static final int GATEWAY_TIMEOUT = 504;

    private final List<Misbehaviour> ways = Misbehaviours.all();
    private final Findings findings = new Findings();
    private final Map<String, Map<String, Integer>> outcomes = new TreeMap<>();
    private final NodeErrors errors = new NodeErrors(findings);
    private final Gatehouse gatehouse = Gatehouse.start();
    private final HostileUpstream upstream = new HostileUpstream(ways);

    UpstreamFuzz() throws IOException {
        gatehouse.create(
                "/services",
                new JsonObject()
                        .put("name", "open")
                        .put("url", "http://127.0.0.1:" + upstream.port())
                        .put("retries", 0)
                        .put("read_timeout", UPSTREAM_TIMEOUT_MILLIS));
        gatehouse.create(
                "/services/open/routes",
                new JsonObject().put("paths", List.of("/open")).put("strip_path", false));
    }

    /** Runs one client with a persistent connection. */
    private final class Client implements Runnable {
        private final long seed;
        private final AtomicLong next;
        private final long end;
        private final long most;
        private @Nullable Socket socket;
        private @Nullable ResponseReader reader;

        Client(long seed, AtomicLong next, long most, long end) {
            this.seed = seed;
            this.next = next;
            this.most = most;
            this.end = end;
        }

        @Override
        public void run() {
            try {
                for (long n = next.getAndIncrement(); n < most && System.nanoTime() < end; n = next.getAndIncrement()) {
                    ask(n);
                }
                disconnect();
            } catch (IOException e) {
                findings.add("the gateway does not accept connections", e.toString());
            }
        }

        private void ask(long number) throws IOException {
            Dice dice = new Dice(seed, number);
            int index = dice.percent(40) ? dice.below(4) : dice.below(ways.size());
            String marker = "m" + number + "-0";
            String method = dice.of("GET", "GET", "HEAD", "POST");
            String body = method.equals("POST") ? dice.word(dice.between(1, 3_000)) : "";
            String request = method + " /open/" + marker + "/" + index + " HTTP/1.1\r\nHost: gateway.test\r\n"
                    + (method.equals("POST") ? "Content-Length: " + body.length() + "\r\n" : "") + "\r\n" + body;
            String outcome = "CUT";
            boolean stays = false;
            ResponseReader responses = connect();
            try {
                socket().getOutputStream().write(Wire.bytes(request));
                Response response = responses.next(method.equals("HEAD"));
                if (response != null) {
                    outcome = outcome(method, ways.get(index), marker, response);
                    stays = !response.closes();
                }
            } catch (MalformedResponse e) {
                outcome = "malformed (" + String.valueOf(e.getMessage()).split(":", 2)[0] + ")";
            } catch (SocketTimeoutException e) {
                outcome = "nothing for " + TIMEOUT_MILLIS + " ms";
            } catch (EOFException | SocketException cut) {
                outcome = "CUT";
            }
            note(number, method, ways.get(index), outcome, request, responses);
            if (!stays) {
                disconnect();
            }
        }

        private Socket socket() {
            return Objects.requireNonNull(socket);
        }

        private ResponseReader connect() throws IOException {
            if (socket == null) {
                Socket made = new Socket(
                        InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.http"));
                made.setSoTimeout(TIMEOUT_MILLIS);
                made.setTcpNoDelay(true);
                socket = made;
                reader = new ResponseReader(new BufferedInputStream(made.getInputStream()));
            }
            return Objects.requireNonNull(reader);
        }

        private void disconnect() throws IOException {
            if (socket != null) {
                socket.close();
                socket = null;
            }
        }
    }

    private static String outcome(String method, Misbehaviour way, String marker, Response response) {
        String its = response.value("x-marker");
        boolean evil =
                response.fields().toString().contains("evil") || response.body().contains("evil");
        if (evil || (its != null && !its.equals(marker))) {
            return "ANOTHER'S (" + (evil ? "the attacker's" : "another client's") + ")";
        }
        if (its != null) {
            boolean empty = method.equals("HEAD")
                    || way.name().contains("with a body")
                    || way.name().contains("no length at all");
            String expected = empty ? "" : Misbehaviours.body(marker);
            return response.body().equals(expected) ? Outcome.OWN.name() : "another body";
        }
        return response.status() == BAD_GATEWAY || response.status() == GATEWAY_TIMEOUT
                ? Outcome.ERROR.name()
                : "status " + response.status();
    }

    private void note(
            long number, String method, Misbehaviour way, String outcome, String request, ResponseReader responses) {
        synchronized (outcomes) {
            outcomes.computeIfAbsent(way.name(), name -> new TreeMap<>()).merge(outcome, 1, Integer::sum);
        }
        boolean allowed = way.allowed().stream().anyMatch(one -> one.name().equals(outcome))
                // For HEAD the gateway reads only a head, so a malformed body is not noticed.
                || (method.equals("HEAD")
                        && outcome.equals("OWN")
                        && (way.allowed().contains(Outcome.CUT) || way.isFraming()));
        if (!allowed) {
            String read = responses.text();
            findings.add(
                    outcome + " for " + (method.equals("HEAD") ? "HEAD, " : "") + way.name(),
                    "case " + number + ": the upstream sent\n"
                            + shortened(Wire.readable(way.bytes().apply("m" + number + "-0"))) + "\nto\n"
                            + shortened(Wire.readable(request)) + "\nthe client got last\n"
                            + Wire.readable(read.substring(Math.max(0, read.length() - 600))));
        }
    }

    private static String shortened(String text) {
        return text.length() < 600 ? text : text.substring(0, 600) + "...";
    }

    String run(long seed, long from, long most, Duration limit) throws InterruptedException {
        long start = System.nanoTime();
        findings.start();
        AtomicLong next = new AtomicLong(from);
        long last = most > Long.MAX_VALUE - from ? Long.MAX_VALUE : from + most;
        Thread[] clients = new Thread[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            clients[i] = new Thread(new Client(seed, next, last, start + limit.toNanos()), "client-" + i);
            clients[i].start();
        }
        for (Thread client : clients) {
            client.join();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        StringBuilder table = new StringBuilder();
        LongSummaryStatistics sent;
        synchronized (outcomes) {
            sent = outcomes.values().stream()
                    .mapToLong(row -> row.values().stream().mapToLong(n -> n).sum())
                    .summaryStatistics();
            outcomes.forEach((name, row) -> table.append(String.format("%n  %-70s %s", name, row)));
        }
        return String.format(
                "seed %d: %d requests to %d misbehaviours (the rarest %d times) in %.1f s, %.0f a second%s",
                seed, sent.getSum(), sent.getCount(), sent.getMin(), seconds, sent.getSum() / seconds, table);
    }

    Findings findings() {
        return findings;
    }

    @Override
    public void close() throws IOException {
        errors.close();
        gatehouse.close();
        upstream.close();
    }
}
