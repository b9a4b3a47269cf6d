package io.gatehouse.fuzz;

import static org.awaitility.Awaitility.await;

import io.gatehouse.fuzz.Recorder.Recorded;
import io.gatehouse.fuzz.wire.ParsedRequest;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Sends cases through a gateway and compares the bytes of the client, the bytes at the upstream, the requests that other
 * parsers read from these, the access log, and the responses at the client.
 */
final class FramingFuzz implements AutoCloseable {
    static final int LEAST_FORWARDED_PERCENT = 30;

    private static final int CLIENTS = 12;
    private static final int EVERY_SO_MANY_IS_HTTP2 = 4;
    private static final int EXPIRE_EVERY = 1_024;
    /** A request whose client has left without a sign of it ends after {@code proxy.idle-timeout}, which is 60 s. */
    private static final Duration SETTLED = Duration.ofSeconds(90);

    private final Findings findings = new Findings();
    private final Tally tally = new Tally();
    private final Expectations expectations = new Expectations();
    private final Gatehouse gatehouse;
    private final Recorder recorder;
    private final Parsers parsers;
    private final Forwarded forwarded;
    private final NodeErrors errors;
    private final Judge judge;
    private final String token;

    /** Creates the parsers, which report each request that they read differently. */
    interface ParsersFactory {
        Parsers make(Findings findings) throws Exception;
    }

    FramingFuzz(ParsersFactory compared) throws Exception {
        gatehouse = Gatehouse.start();
        recorder = new Recorder(this::arrived);
        service("open", new JsonObject().put("paths", List.of("/open")));
        service("kept", new JsonObject().put("paths", List.of("/kept")).put("preserve_host", true));
        service("private", new JsonObject().put("paths", List.of("/open/private")));
        service("host", new JsonObject().put("hosts", List.of("private.test")));
        gatehouse.protect("private", new JsonObject());
        gatehouse.protect("host", new JsonObject());
        token = gatehouse.clientCredentialsToken("/open/private", gatehouse.register("owner", new JsonObject()));
        judge = new Judge(expectations, findings, tally, token, "127.0.0.1:" + recorder.port());
        parsers = compared.make(findings);
        forwarded = new Forwarded(findings);
        errors = new NodeErrors(findings);
    }

    private void service(String name, JsonObject route) {
        gatehouse.create(
                "/services",
                new JsonObject()
                        .put("name", name)
                        .put("url", "http://127.0.0.1:" + recorder.port())
                        .put("retries", 0));
        gatehouse.create("/services/" + name + "/routes", route.put("strip_path", false));
    }

    private void arrived(Recorded recorded, ParsedRequest request) {
        judge.judge(recorded, request);
        if (request.isWhole()) {
            String id = request.value("x-kong-request-id");
            if (id != null) {
                forwarded.arrived(id, recorded.bytes());
            }
            parsers.compare(new Replay.Sample(recorded.bytes(), request));
        }
    }

    /** Runs {@code most} cases of the seed from number {@code from} on, or until the time limit. */
    String run(long seed, long from, long most, Duration limit) throws InterruptedException {
        long start = System.nanoTime();
        findings.start();
        AtomicLong next = new AtomicLong(from);
        Cases cases = new Cases(seed, token);
        Http1Client client = new Http1Client(gatehouse.node().port("proxy.http"), expectations, findings, tally);
        Http2Client http2 = new Http2Client(seed, gatehouse.node().port("proxy.http"), expectations, findings, tally);
        Thread[] clients = new Thread[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            clients[i] = new Thread(() -> {
                for (long n = next.getAndIncrement();
                        n - from < most && System.nanoTime() - start < limit.toNanos();
                        n = next.getAndIncrement()) {
                    if (n % EVERY_SO_MANY_IS_HTTP2 == 0) {
                        http2.run(n);
                    } else {
                        client.run(cases.make(n));
                    }
                    if (n % EXPIRE_EVERY == 0) {
                        expectations.expire(n);
                    }
                }
            });
            clients[i].start();
        }
        for (Thread thread : clients) {
            thread.join();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        settle();
        return String.format(
                "seed %d: %d messages of %d mutations (the rarest %d times) in %.1f s, %.0f a second; %d in the access log and at"
                        + " the upstream; compared by %s%s",
                seed,
                tally.sent(),
                tally.mutations(),
                tally.rarest(),
                seconds,
                tally.sent() / seconds,
                forwarded.matched(),
                parsers.finish(),
                tally.table());
    }

    private void settle() {
        try {
            await().atMost(SETTLED).until(forwarded::isSettled);
        } catch (ConditionTimeoutException late) {
            forwarded.findRest();
        }
    }

    Findings findings() {
        return findings;
    }

    Tally tally() {
        return tally;
    }

    @Override
    public void close() throws IOException {
        errors.close();
        forwarded.close();
        gatehouse.close();
        recorder.close();
        parsers.close();
    }
}
