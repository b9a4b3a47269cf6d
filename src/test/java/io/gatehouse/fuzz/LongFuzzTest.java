package io.gatehouse.fuzz;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs the fuzzers for {@code fuzz.seconds}: with a fixed seed, and with {@code fuzz.seed} or a random seed. */
@Tag("fuzz")
class LongFuzzTest {
    private static final long FIXED = 7_230_9112;
    private static final long SECONDS = 90;

    private static Duration limit() {
        return Duration.ofSeconds(Long.getLong("fuzz.seconds", SECONDS));
    }

    private static long seed() {
        return Long.getLong("fuzz.seed", ThreadLocalRandom.current().nextLong(Integer.MAX_VALUE));
    }

    @Test
    void everyPartyReadsTheSameRequests_ofTheFixedSeed() throws Exception {
        FramingFuzzTest.run(FIXED, limit(), Parsers::all);
    }

    @Test
    void everyPartyReadsTheSameRequests_ofAnotherSeed() throws Exception {
        FramingFuzzTest.run(seed(), limit(), Parsers::all);
    }

    @Test
    void eachClientGetsItsOwnResponseOrACleanError_ofAnotherSeed() throws Exception {
        HostileUpstreamTest.run(seed(), limit());
    }
}
