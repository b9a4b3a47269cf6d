package io.gatehouse.plugin.openidconnect.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the limit of requests in flight (docs/reference/limits.md#plugins). */
class InFlightTest {
    private final InFlight inFlight = new InFlight();

    private int fill(String network) {
        int begun = 0;
        while (inFlight.begin(network)) {
            begun++;
        }
        return begun;
    }

    @Test
    void aNetworkHasAsManyRequestsAsAllLeaveFree() {
        assertThat(fill("a")).isEqualTo(InFlight.MAX / 2);
        assertThat(fill("b")).isEqualTo(InFlight.MAX / 4);
        inFlight.end("a");
        assertThat(inFlight.begin("c")).isTrue();
    }

    @Test
    void aRequestEndsHoweverItCompletes() {
        for (int i = 0; i < 2 * InFlight.MAX; i++) {
            inFlight.send("192.0.2.1", () -> Future.failedFuture("of the test"));
            inFlight.send("192.0.2.1", () -> {
                throw new IllegalStateException("of the test");
            });
        }
        List<Promise<Void>> pending = new ArrayList<>();
        for (int i = 0; i < InFlight.MAX / 2; i++) {
            Promise<Void> promise = Promise.promise();
            pending.add(promise);
            assertThat(inFlight.send("192.0.2.1", promise::future).isComplete()).isFalse();
        }
        assertThat(inFlight.send("192.0.2.1", () -> Future.<Void>succeededFuture())
                        .cause())
                .isInstanceOf(ProviderFailure.class);
        pending.forEach(each -> each.complete());
        assertThat(inFlight.send("192.0.2.1", () -> Future.<Void>succeededFuture())
                        .succeeded())
                .isTrue();
    }
}
