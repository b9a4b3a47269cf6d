package io.gatehouse.plugin.openidconnect.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.gatehouse.credential.CredentialDigest;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tests how many results are cached (docs/reference/limits.md#plugins). */
class VerifiedTokensTest {
    private static final int KIB = 1024;

    @Test
    void resultsAreBoundedByTheirMemory() throws JOSEException {
        VerificationKey key = Objects.requireNonNull(VerificationKey.of(new ECKeyGenerator(Curve.P_256).generate()));
        VerifiedToken token = new VerifiedToken(Map.of(), key, 1, 0);
        Cache<CredentialDigest, Provider.Cached> verified = Provider.verifiedTokens(KIB * KIB);
        for (int i = 0; i < 1_000; i++) {
            // Its claims may need 8 KiB, and the result 1,500 bytes more.
            verified.put(CredentialDigest.of("token-" + i), new Provider.Cached(token, KIB));
        }
        verified.cleanUp();
        assertThat(verified.estimatedSize()).isBetween(1L, (long) KIB * KIB / (8 * KIB + 1_500));
    }
}
