package io.gatehouse.plugin.openidconnect.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Tests how many results are cached (docs/reference/limits.md#plugins), and for which tokens. */
class VerifiedTokensTest {
    private static final int KIB = 1024;

    @Test
    void resultsAreBoundedByTheirMemory() throws JOSEException {
        VerificationKey key = Objects.requireNonNull(VerificationKey.of(new ECKeyGenerator(Curve.P_256).generate()));
        VerifiedToken token = new VerifiedToken(Map.of(), key, 1, 0, false);
        VerifiedTokens verified = new VerifiedTokens(KIB * KIB, Ticker.systemTicker(), Scheduler.disabledScheduler());
        for (int i = 0; i < 1_000; i++) {
            // Its claims may need 8 KiB, and the result 1,500 bytes more.
            verified.put(1, "header." + "a".repeat(KIB) + ".signature-" + i, token);
        }
        assertThat(verified.size()).isBetween(1L, (long) KIB * KIB / (8 * KIB + 1_500));
    }

    @Test
    void aResultIsThatOfTheWholeTokenAtItsProvider() throws JOSEException {
        VerificationKey key = Objects.requireNonNull(VerificationKey.of(new ECKeyGenerator(Curve.P_256).generate()));
        VerifiedToken token = new VerifiedToken(Map.of(), key, 1, 0, false);
        VerifiedTokens verified = new VerifiedTokens(KIB * KIB, Ticker.systemTicker(), Scheduler.disabledScheduler());
        verified.put(1, "header.claims.signature", token);
        assertThat(verified.find(1, "header.claims.signature")).isSameAs(token);
        assertThat(verified.find(2, "header.claims.signature")).isNull();
        for (String other : List.of(
                "header.forged.signature",
                "header.claims.signaturf",
                "header.claims.",
                "header.claims",
                "claims.signature",
                ".header.claims.signature",
                "header.claims.signature.",
                "signature",
                ".",
                "")) {
            assertThat(verified.find(1, other)).as(other).isNull();
        }
    }

    @Test
    void aResultIsRemovedAfterAnHourWithoutAnyRequest() throws JOSEException {
        VerificationKey key = Objects.requireNonNull(VerificationKey.of(new ECKeyGenerator(Curve.P_256).generate()));
        AtomicLong now = new AtomicLong();
        List<Runnable> scheduled = new ArrayList<>();
        VerifiedTokens verified = new VerifiedTokens(KIB * KIB, now::get, (executor, task, delay, unit) -> {
            scheduled.add(task);
            return CompletableFuture.completedFuture(null);
        });
        verified.put(1, "header.claims.signature", new VerifiedToken(Map.of(), key, 1, 0, false));
        assertThat(verified.size()).isEqualTo(1);

        now.addAndGet(TimeUnit.HOURS.toNanos(1));
        List.copyOf(scheduled).forEach(Runnable::run);
        assertThat(verified.size()).isZero();
    }
}
