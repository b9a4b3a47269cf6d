package io.gatehouse.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.gatehouse.telemetry.AccessEntry;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tests the access-log entry of each request, and its trace (W3C Trace Context). */
class AccessLogTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
    private static final Logger ACCESS = (Logger) LoggerFactory.getLogger(AccessEntry.LOGGER);

    private static final List<AccessEntry> ENTRIES = new CopyOnWriteArrayList<>();
    private static final AppenderBase<ILoggingEvent> APPENDER = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            ENTRIES.add((AccessEntry) event.getArgumentArray()[0]);
        }
    };

    private static Upstream upstream;
    private static Gatehouse gatehouse;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/api", upstream.port());
        gatehouse.createApi("guarded", "/guarded", upstream.port());
        gatehouse.protect("guarded", new JsonObject());
        ACCESS.setLevel(Level.INFO);
        APPENDER.start();
        ACCESS.addAppender(APPENDER);
    }

    @AfterAll
    static void stop() {
        ACCESS.detachAppender(APPENDER);
        ACCESS.setLevel(Level.OFF);
        gatehouse.close();
        upstream.close();
    }

    /** Returns the entry of a request, which may be logged after the client has the last byte. */
    private static AccessEntry entry(Reply reply) {
        String id = reply.header("x-kong-request-id");
        await().until(() -> ENTRIES.stream().anyMatch(entry -> entry.requestId().equals(id)));
        List<AccessEntry> found =
                ENTRIES.stream().filter(entry -> entry.requestId().equals(id)).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void aProxiedRequestIsOneEntryWithoutItsQuery() {
        AccessEntry entry = entry(Http.send(Http.request(
                        "POST", gatehouse.proxyUrl("/api/a%20b/../c?access_token=secret"), "text/plain", "hello"))
                .isStatus(200));

        assertThat(entry.method()).isEqualTo("POST");
        assertThat(entry.protocol()).isEqualTo("HTTP/1.1");
        assertThat(entry.host()).isEqualTo("127.0.0.1");
        assertThat(entry.path()).isEqualTo("/api/c");
        assertThat(entry.status()).isEqualTo(200);
        assertThat(entry.source()).isEqualTo("upstream");
        assertThat(entry.fault()).isEqualTo("none");
        assertThat(entry.complete()).isTrue();
        assertThat(entry.route()).isEqualTo("api");
        assertThat(entry.service()).isEqualTo("api");
        assertThat(entry.consumer()).isNull();
        assertThat(entry.clientAddress()).isEqualTo("127.0.0.1");
        assertThat(entry.requestBytes()).isEqualTo(5);
        assertThat(entry.responseBytes()).isPositive();
        assertThat(entry.gatewayNanos()).isPositive();
        assertThat(entry.upstreamNanos()).isPositive();
        assertThat(entry.durationNanos()).isGreaterThanOrEqualTo(entry.gatewayNanos() + entry.upstreamNanos());
        assertThat(entry.toString()).doesNotContain("secret");
    }

    @Test
    void theEntryNamesTheConsumer() {
        JsonObject application = gatehouse.register("alex", new JsonObject());
        String token = gatehouse.clientCredentialsToken("/guarded", application);

        AccessEntry entry = entry(gatehouse.getWithToken("/guarded", token).isStatus(200));

        assertThat(entry.consumer()).isEqualTo("alex");
        assertThat(entry.toString()).doesNotContain(token);
    }

    @Test
    void aResponseOfTheGatewayHasNoUpstreamTime() {
        AccessEntry refused = entry(gatehouse.get("/guarded").isStatus(401));
        assertThat(refused.source()).isEqualTo("gateway");
        assertThat(refused.fault()).isEqualTo("client");
        assertThat(refused.route()).isEqualTo("guarded");
        assertThat(refused.upstreamNanos()).isNegative();
        assertThat(refused.gatewayNanos()).isEqualTo(refused.durationNanos());

        AccessEntry unmatched = entry(gatehouse.get("/nowhere").isStatus(404));
        assertThat(unmatched.route()).isNull();
        assertThat(unmatched.service()).isNull();
    }

    @Test
    void aLongPathIsCutAndMarked() {
        String path = "/api/" + "a".repeat(2_000);
        AccessEntry entry = entry(gatehouse.get(path).isStatus(200));

        assertThat(entry.path()).isEqualTo(path.substring(0, 1_024) + "…");

        String whole = path.substring(0, 1_024);
        assertThat(entry(gatehouse.get(whole).isStatus(200)).path()).isEqualTo(whole);
    }

    @Test
    void anAbortedResponseIsLoggedAsAborted() {
        upstream.behave(request -> {
            request.response().setChunked(true).write("half");
            request.response().reset();
        });
        try {
            Http.sendAsync(Http.get(gatehouse.proxyUrl("/api/half")))
                    .exceptionally(failure -> null)
                    .join();
            await().until(() -> ENTRIES.stream().anyMatch(entry -> "/api/half".equals(entry.path())));
        } finally {
            upstream.behave(Upstream::echo);
        }

        AccessEntry entry = ENTRIES.stream()
                .filter(each -> "/api/half".equals(each.path()))
                .findFirst()
                .orElseThrow();
        assertThat(entry.complete()).isFalse();
    }

    @Test
    void aValidTraceIsContinuedAndItsIdLogged() {
        Reply reply = gatehouse.get("/api", "traceparent", PARENT, "tracestate", "vendor=1");

        assertThat(reply.upstreamHeader("traceparent")).isEqualTo(PARENT);
        assertThat(reply.upstreamHeader("tracestate")).isEqualTo("vendor=1");
        assertThat(entry(reply).traceId()).isEqualTo(TRACE);
    }

    @Test
    void aTraceOfALaterVersionIsContinued() {
        Reply reply = gatehouse.get("/api", "traceparent", "cc" + PARENT.substring(2) + "-what-comes-then");

        assertThat(entry(reply).traceId()).isEqualTo(TRACE);
    }

    @Test
    void aRequestWithoutATraceStartsOneWithTheRequestId() {
        Reply reply = gatehouse.get("/api");

        String id = reply.header("x-kong-request-id");
        assertThat(reply.upstreamHeader("traceparent")).matches("00-" + id + "-[0-9a-f]{16}-01");
        assertThat(entry(reply).traceId()).isEqualTo(id);
    }

    @Test
    void anInvalidTraceIsReplacedAndItsStateDropped() {
        for (String wrong : List.of(
                "nonsense",
                PARENT.toUpperCase(Locale.ROOT),
                PARENT + "-more",
                "ff" + PARENT.substring(2),
                "00-" + "0".repeat(32) + "-b7ad6b7169203331-01",
                "00-" + TRACE + "-" + "0".repeat(16) + "-01",
                "00-" + TRACE + "-b7ad6b7169203331-0x",
                "00_" + TRACE + "-b7ad6b7169203331-01")) {
            Reply reply = gatehouse.get("/api", "traceparent", wrong, "tracestate", "vendor=1");

            String id = reply.header("x-kong-request-id");
            assertThat(reply.upstreamHeader("traceparent")).as(wrong).startsWith("00-" + id + "-");
            assertThat(reply.upstreamHeader("tracestate")).as(wrong).isNull();
            assertThat(entry(reply).traceId()).as(wrong).isEqualTo(id);
        }
    }

    @Test
    void twoTraceparentHeadersAreReplaced() {
        Reply reply = gatehouse.get("/api", "traceparent", PARENT, "traceparent", PARENT);

        assertThat(reply.upstreamHeader("traceparent")).startsWith("00-" + reply.header("x-kong-request-id") + "-");
    }
}
