package io.gatehouse.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Upstream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Vert.x counts the time until the first request of a connection in an int of milliseconds, which has 24 days. */
class LongIdleTimeoutTest {
    @Test
    void anIdleTimeoutOfMonths_isNoNegativeOne() {
        try (Upstream upstream = Upstream.start();
                ImpatientProxy proxy = ImpatientProxy.withPatience(upstream.port(), Duration.ofDays(30))) {
            assertThat(Http.send(Http.get("http://127.0.0.1:" + proxy.port() + "/api"))
                            .status())
                    .isEqualTo(200);
        }
    }
}
