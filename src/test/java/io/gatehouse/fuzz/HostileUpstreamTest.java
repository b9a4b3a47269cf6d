package io.gatehouse.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** No byte of an upstream's response reaches a client that did not ask for it, however malformed the response is. */
class HostileUpstreamTest {
    private static final long SEED = 9_112;
    private static final long SECONDS = 15;

    @Test
    void eachClientGetsItsOwnResponseOrACleanError() throws Exception {
        run(Long.getLong("fuzz.seed", SEED), Duration.ofSeconds(Long.getLong("fuzz.seconds", SECONDS)));
    }

    static void run(long seed, Duration limit) throws Exception {
        long from = Long.getLong("fuzz.from", 0);
        long most = Long.getLong("fuzz.cases", Long.MAX_VALUE);
        try (UpstreamFuzz fuzz = new UpstreamFuzz()) {
            Counts.print(fuzz.run(seed, from, most, limit));
            assertThat(fuzz.findings().isEmpty())
                    .as(
                            "seed %d (again: mvn verify -Dtest=HostileUpstreamTest -Dfuzz.seed=%d)%s",
                            seed, seed, fuzz.findings().report())
                    .isTrue();
        }
    }
}
