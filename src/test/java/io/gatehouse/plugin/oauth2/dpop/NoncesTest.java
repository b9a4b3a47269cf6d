package io.gatehouse.plugin.oauth2.dpop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Tests the life of nonces on two nodes of a cluster. */
class NoncesTest {
    private static final byte[] SECRET = "the secret".getBytes(StandardCharsets.UTF_8);
    private static final long START = 1_800_000_000_000L;

    private final AtomicLong time = new AtomicLong(START);
    private final Nonces one = new Nonces(SECRET, time::get);
    private final Nonces other = new Nonces(SECRET, time::get);

    @Test
    void nonce_isAcceptedByEveryNodeWithinItsLifeAndByNoneAfterwards() {
        String nonce = one.next();
        for (long age : new long[] {0, 1, 60_000, 119_999}) {
            time.set(START + age);
            assertThat(one.madeAt(nonce)).isEqualTo(START);
            assertThat(other.madeAt(nonce)).isEqualTo(START);
        }
        for (long age : new long[] {120_000, 120_001, 86_400_000}) {
            time.set(START + age);
            assertThat(one.madeAt(nonce)).isEqualTo(Nonces.INVALID);
            assertThat(other.madeAt(nonce)).isEqualTo(Nonces.INVALID);
        }
    }

    @Test
    void nonceOfAClockAhead_isAcceptedWithinTheLeeway() {
        String nonce = one.next();
        time.set(START - 5_000);
        assertThat(other.madeAt(nonce)).isEqualTo(START);
        time.set(START - 5_001);
        assertThat(other.madeAt(nonce)).isEqualTo(Nonces.INVALID);
    }

    @Test
    void nonceOfAnotherSecret_isInvalid() {
        Nonces foreign = new Nonces("another one".getBytes(StandardCharsets.UTF_8), time::get);

        assertThat(one.madeAt(foreign.next())).isEqualTo(Nonces.INVALID);
    }

    @Test
    void noncesOfTwoMoments_haveNothingInCommonThatPredictsTheNext() {
        String first = one.next();
        time.incrementAndGet();
        String second = one.next();

        // The eight bytes of the time, and then the code.
        assertThat(first).hasSize(32);
        assertThat(second.substring(11)).isNotEqualTo(first.substring(11));
    }

    @Test
    void nonce_isReplacedInTheSecondHalfOfItsLife() {
        time.set(START + 60_000);
        assertThat(one.isOld(START)).isFalse();
        time.set(START + 60_001);
        assertThat(one.isOld(START)).isTrue();
    }
}
