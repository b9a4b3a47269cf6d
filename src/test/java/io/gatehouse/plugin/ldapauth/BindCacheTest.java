package io.gatehouse.plugin.ldapauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.CredentialDigest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BindCacheTest {
    private static final int LIMIT = 100;

    private final BindCache cache = new BindCache(LIMIT);

    private CredentialDigest key(long server, String username, String password) {
        return cache.key(server, new PresentedCredential(username, password.getBytes(UTF_8)));
    }

    @Test
    void aResultIsThatOfItsServer_usernameAndPassword() {
        cache.put(key(1, "ab", "c"), true, Duration.ofMinutes(1));
        cache.put(key(1, "ab", "d"), false, Duration.ofMinutes(1));
        assertThat(cache.find(key(1, "ab", "c"))).isTrue();
        assertThat(cache.find(key(1, "ab", "d"))).isFalse();
        assertThat(cache.find(key(1, "a", "bc"))).isNull();
        assertThat(cache.find(key(2, "ab", "c"))).isNull();
    }

    @Test
    void twoCachesHaveDifferentKeys() {
        assertThat(new BindCache(LIMIT).key(1, new PresentedCredential("a", new byte[] {1})))
                .isNotEqualTo(cache.key(1, new PresentedCredential("a", new byte[] {1})));
    }

    @Test
    void rejectedCredentialsAreBounded_andEvictNoAcceptedOne() {
        cache.put(key(1, "a", "p"), true, Duration.ofMinutes(1));
        for (int i = 0; i < 10 * LIMIT; i++) {
            cache.put(key(1, "a", "wrong-" + i), false, Duration.ofMinutes(1));
        }
        assertThat(cache.size()).isLessThanOrEqualTo(LIMIT + 1);
        assertThat(cache.find(key(1, "a", "p"))).isTrue();
    }

    @Test
    void withoutALifetimeNothingIsCached() {
        cache.put(key(1, "a", "p"), true, Duration.ZERO);
        assertThat(cache.find(key(1, "a", "p"))).isNull();
        assertThat(cache.size()).isZero();
    }
}
