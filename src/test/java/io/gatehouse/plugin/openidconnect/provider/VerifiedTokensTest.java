package io.gatehouse.plugin.openidconnect.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tests how many results are cached (docs/reference/limits.md#plugins), and for which tokens. */
class VerifiedTokensTest {
    private static final int KIB = 1024;

    @Test
    void resultsAreBoundedByTheirMemory() throws JOSEException {
        VerificationKey key = Objects.requireNonNull(VerificationKey.of(new ECKeyGenerator(Curve.P_256).generate()));
        VerifiedToken token = new VerifiedToken(Map.of(), key, 1, 0, false);
        VerifiedTokens verified = new VerifiedTokens(KIB * KIB);
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
        VerifiedTokens verified = new VerifiedTokens(KIB * KIB);
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
}
