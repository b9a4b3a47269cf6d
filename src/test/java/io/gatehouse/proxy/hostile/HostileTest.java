package io.gatehouse.proxy.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What clients should never send, as bytes: each is answered as docs/reference/proxy.md has it, nothing but what was meant reaches
 * the upstream, and no spelling of a path, a host or a header gets past the oauth2 plugin.
 */
class HostileTest {
    private static final Pattern STATUS = Pattern.compile("HTTP/\\d\\.\\d (\\d{3}) ");
    private static final Pattern IDENTITY =
            Pattern.compile("x-consumer-.*|x-authenticated-.*|x-credential-identifier|x-anonymous-consumer");

    /** Method, target and body of each request that came whole. */
    private static final List<String> FORWARDED = new CopyOnWriteArrayList<>();

    private static final List<String> IDENTITIES = new CopyOnWriteArrayList<>();
    private static final AtomicInteger UNFINISHED = new AtomicInteger();

    private static Gatehouse gatehouse;
    private static Upstream upstream;
    private static String token;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        upstream.behave(HostileTest::note);
        gatehouse = Gatehouse.start();
        service("open", new JsonObject().put("paths", List.of("/open")));
        service("private", new JsonObject().put("paths", List.of("/open/private")));
        service("host", new JsonObject().put("hosts", List.of("private.test")));
        gatehouse.protect("private", new JsonObject());
        gatehouse.protect("host", new JsonObject());
        JsonObject credential = gatehouse.register("owner", new JsonObject());
        token = gatehouse.clientCredentialsToken("/open/private", credential);
    }

    private static void service(String name, JsonObject route) {
        gatehouse.create(
                "/services", new JsonObject().put("name", name).put("url", "http://127.0.0.1:" + upstream.port()));
        gatehouse.create("/services/" + name + "/routes", route.put("strip_path", false));
    }

    private static void note(HttpServerRequest request) {
        UNFINISHED.incrementAndGet();
        request.headers().forEach((name, value) -> {
            String folded = name.toLowerCase(Locale.ROOT).replace('_', '-');
            if (IDENTITY.matcher(folded).matches()) {
                IDENTITIES.add(folded + ": " + value);
            }
        });
        if (request.headers().contains("content-length") && request.headers().contains("transfer-encoding")) {
            IDENTITIES.add("two framings");
        }
        request.body().onComplete(read -> {
            if (read.succeeded()) {
                String body = read.result().toString().replace("\r", "\\r").replace("\n", "\\n");
                FORWARDED.add(request.method() + " " + request.uri() + (body.isEmpty() ? "" : " " + body));
                request.response().end();
            }
            UNFINISHED.decrementAndGet();
        });
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    private static Stream<HostileCase> cases() {
        return HostileCase.FILES.stream().flatMap(file -> HostileCase.read(file, token).stream());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aHostileRequestHasTheExpectedResponsesAndForwardedRequests(HostileCase hostile) {
        FORWARDED.clear();
        IDENTITIES.clear();

        RawClient.Answer answer = hostile.open()
                ? RawClient.first(gatehouse, hostile.request())
                : RawClient.send(gatehouse, hostile.request());

        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> UNFINISHED.get() == 0);
        assertThat(STATUS.matcher(answer.text()).results().map(status -> Integer.valueOf(status.group(1))))
                .as(hostile + ": " + answer.text())
                .containsExactlyElementsOf(hostile.statuses());
        assertThat(answer.closed()).as(hostile.name()).isNotEqualTo(hostile.open());
        assertThat(FORWARDED).as(hostile.name()).isEqualTo(hostile.forwarded());
        boolean authorised = hostile.request().contains("Bearer " + token);
        assertThat(IDENTITIES)
                .allMatch(header -> authorised && !header.contains("root") && !header.equals("two framings"));
    }
}
