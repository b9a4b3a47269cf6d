package io.gatehouse.admin.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Body;
import io.gatehouse.admin.http.Caller;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests test calls of a proxy that accepts connections and does not respond. */
class TestCallLimitsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static Vertx vertx;
    private static Context context;
    private static NetServer silent;
    private static Endpoint endpoint;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        context = vertx.getOrCreateContext();
        silent = Gatehouse.await(
                vertx.createNetServer().connectHandler(socket -> {}).listen(0, "127.0.0.1"));
        OwnProxy proxy =
                new OwnProxy(() -> new ListenAddress("0.0.0.0", silent.actualPort()), () -> null, "X-Client-Address");
        endpoint = new TestCalls(
                        vertx, vertx.createSharedWorkerExecutor("test-calls", 2), proxy, true, text -> false, TIMEOUT)
                .endpoint();
    }

    @AfterAll
    static void stop() {
        Gatehouse.await(vertx.close());
    }

    /** Calls on one event loop, as the admin listener does. Returns the message of the failure. */
    private static Future<String> call(Map<String, Object> described) {
        AdminRequest request = new AdminRequest(
                "id",
                new Caller("127.0.0.1", null, false),
                "POST",
                endpoint,
                "/gatehouse/test-call",
                List.of(),
                List.of(),
                new Body.JsonObject(Map.copyOf(described), false));
        Promise<AdminResponse> called = Promise.promise();
        context.runOnContext(ignored -> Objects.requireNonNull(endpoint.action(HttpMethod.POST))
                .apply(request)
                .onComplete(called::tryComplete, called::tryFail));
        return called.future().map("no failure").otherwise(failure -> String.valueOf(failure.getMessage()));
    }

    @Test
    void aCallWithoutAResponseEndsAfterItsTime() {
        assertThat(Gatehouse.await(call(Map.of("url", "http://localhost/"))))
                .isEqualTo("no complete response within 2 s");
    }

    @Test
    void aFurtherCallIsRejected_andAPlaceIsFreeAfterwards() {
        List<Future<String>> calls = IntStream.rangeClosed(0, TestCalls.MAX_IN_FLIGHT)
                .mapToObj(i -> call(Map.of("url", "http://localhost/" + i)))
                .toList();
        Gatehouse.await(Future.join(calls));
        assertThat(calls.stream().map(Future::result).filter("too many test calls"::equals))
                .hasSize(1);
        assertThat(Gatehouse.await(call(Map.of("url", "http://localhost/"))))
                .isEqualTo("no complete response within 2 s");
    }

    @Test
    void theConfiguredHeaderOfTheClientsAddressIsRejected() {
        assertThat(Gatehouse.await(call(Map.of(
                        "url", "http://localhost/", "headers", Map.of("x-client-address", List.of("10.0.0.1"))))))
                .isEqualTo("header 'x-client-address' is set by the node");
    }

    @Test
    void aListenerThatIsOffIsNamed() {
        assertThat(Gatehouse.await(call(Map.of("url", "https://localhost/"))))
                .isEqualTo("this node has no listener of the proxy for https");
    }
}
