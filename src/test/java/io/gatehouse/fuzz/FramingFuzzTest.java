package io.gatehouse.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Checks that no request differs between the client, the gateway, the upstream and other parsers. */
class FramingFuzzTest {
    private static final long SEED = 20_261_128;
    private static final Duration TIME = Duration.ofSeconds(10);

    @Test
    void everyPartyReadsTheSameRequests() throws Exception {
        run(
                Long.getLong("fuzz.seed", SEED),
                Duration.ofSeconds(Long.getLong("fuzz.seconds", TIME.toSeconds())),
                Parsers::quick);
    }

    static void run(long seed, Duration limit, FramingFuzz.ParsersFactory compared) throws Exception {
        long from = Long.getLong("fuzz.from", 0);
        long most = Long.getLong("fuzz.cases", Long.MAX_VALUE);
        try (FramingFuzz fuzz = new FramingFuzz(compared)) {
            Counts.print(fuzz.run(seed, from, most, limit));
            assertThat(fuzz.findings().isEmpty())
                    .as(
                            "seed %d (again: mvn verify -Dtest=FramingFuzzTest -Dfuzz.seed=%d -Dfuzz.from=CASE -Dfuzz.cases=1)%s",
                            seed, seed, fuzz.findings().report())
                    .isTrue();
            assertThat(fuzz.tally().forwardedPercent()).isGreaterThanOrEqualTo(FramingFuzz.LEAST_FORWARDED_PERCENT);
        }
    }
}
