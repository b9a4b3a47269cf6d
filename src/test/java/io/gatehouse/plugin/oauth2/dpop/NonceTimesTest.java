package io.gatehouse.plugin.oauth2.dpop;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import java.util.PrimitiveIterator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests when a nonce is made for a memory of used proofs that has just been made. */
class NonceTimesTest {
    private static final long START = 1_800_000_000_000L;
    private static final long MAX_WAIT = 50;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        Gatehouse.await(vertx.close());
    }

    /** Waits by a clock that shows these times one after the other. */
    private long after(long since, long... times) {
        PrimitiveIterator.OfLong clock = LongStream.of(times).iterator();
        return Gatehouse.await(new NonceTimes(vertx, clock::nextLong, MAX_WAIT).after(since));
    }

    @Test
    void memoryThatIsOlder_needsNoWait() {
        assertThat(after(START, START + 1)).isEqualTo(START + 1);
    }

    @Test
    void newMemory_isWaitedFor() {
        assertThat(after(START + 20, START, START + 21)).isEqualTo(START + 21);
    }

    /** Otherwise the client gets another challenge for its second request, and fails. */
    @Test
    void clockThatIsSetBackMeanwhile_isWaitedForAgain() {
        assertThat(after(START + 20, START, START + 15, START + 20, START + 22)).isEqualTo(START + 22);
    }

    @Test
    void wait_isBounded() {
        long started = System.nanoTime();

        long time = Gatehouse.await(new NonceTimes(vertx, () -> START, MAX_WAIT).after(START + 3_600_000));

        assertThat(time).isEqualTo(START);
        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(MAX_WAIT * 1_000_000);
    }
}
