package io.gatehouse.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.ClientLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientPaceTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final ClientPace pace =
            new ClientPace(new ClientLimits(Duration.ofSeconds(60), 500, Duration.ofMinutes(10)), 0);

    @Test
    void aSilentClient_isTooSlow_afterTheIdleTimeout() {
        assertThat(pace.isTooSlow(true, 0, 60 * SECOND)).isFalse();
        assertThat(pace.isTooSlow(true, 0, 61 * SECOND)).isTrue();
    }

    @Test
    void oneByteNowAndThen_holdsNothing() {
        boolean tooSlow = false;
        long seconds = 0;
        for (int bytes = 1; !tooSlow; bytes++) {
            seconds += 59;
            tooSlow = pace.isTooSlow(true, bytes, seconds * SECOND);
        }
        assertThat(seconds).isLessThan(120);
    }

    @Test
    void aClientAtTheMinimumRate_isNeverTooSlow() {
        for (int second = 1; second < 10_000; second++) {
            assertThat(pace.isTooSlow(true, 500L * second, second * SECOND)).isFalse();
        }
    }

    @Test
    void aBurst_buysNoMoreThanTheIdleTimeout() {
        assertThat(pace.isTooSlow(true, 1_000_000_000, SECOND)).isFalse();
        assertThat(pace.isTooSlow(true, 1_000_000_000, 60 * SECOND)).isFalse();
        assertThat(pace.isTooSlow(true, 1_000_000_000, 62 * SECOND)).isTrue();
    }

    @Test
    void theTimeOfTheUpstream_isNotTheClients() {
        for (int minute = 1; minute < 100; minute++) {
            assertThat(pace.isTooSlow(false, 0, 60L * minute * SECOND)).isFalse();
        }
        assertThat(pace.isTooSlow(true, 0, (99 * 60 + 59) * SECOND)).isFalse();
        assertThat(pace.isTooSlow(true, 0, (99 * 60 + 61) * SECOND)).isTrue();
    }
}
