package io.gatehouse.plugin.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.JwtState;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tests how many tokens are cached as verified (docs/reference/limits.md#plugins). */
class VerifiedTokensTest {
    @Test
    void atMost10000TokensAreCached() {
        Cache<CredentialDigest, JwtState> verified = JwtHandler.verifiedTokens();
        JwtState state = new JwtState("key", "ES256", null, "a public key", new UUID(0, 1), null, null);
        for (int i = 0; i < 20_000; i++) {
            verified.put(CredentialDigest.of("token-" + i), state);
        }
        verified.cleanUp();
        assertThat(verified.estimatedSize()).isEqualTo(10_000);
        assertThat(verified.asMap().values()).containsOnly(state);
    }
}
