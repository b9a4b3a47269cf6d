package io.gatehouse.plugin.openidconnect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.session.Sealer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the cookie of sign-ins that are in progress. */
class PendingSignInTest {
    private static final String REDIRECT_URI = "https://api.example/callback";
    private final Sealer sealer = Sealer.of(new byte[32], "test");

    @ParameterizedTest
    @ValueSource(
            strings = {"//evil.example/", "/\\evil.example", "https://evil.example", "", "/a\r\nSet-Cookie: a=b", "/a b"
            })
    void aPageOfAnotherSiteIsReplacedByTheRoot(String page) {
        assertThat(PendingSignIn.start(REDIRECT_URI, page, 0).returnTo()).isEqualTo("/");
    }

    @Test
    void aPageOfTheSameSiteIsKeptUnlessItIsLong() {
        assertThat(PendingSignIn.start(REDIRECT_URI, "/a?b=//c", 0).returnTo()).isEqualTo("/a?b=//c");
        assertThat(PendingSignIn.start(REDIRECT_URI, "/" + "a".repeat(2_000), 0).returnTo())
                .isEqualTo("/");
        assertThatThrownBy(() -> PendingSignIn.start("https://h/" + "a".repeat(2_000), "/", 0))
                .isInstanceOf(InvalidToken.class);
    }

    @Test
    void theCookieHasTheLastSignInsAndABoundedSize() {
        List<PendingSignIn> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(PendingSignIn.start(REDIRECT_URI + "a".repeat(900), "/" + "b".repeat(900), 100 + i));
        }
        String cookie = PendingSignIn.seal(all, sealer);
        assertThat(cookie).hasSizeLessThan(3_501);
        assertThat(PendingSignIn.open(cookie, sealer, 0)).endsWith(all.get(19)).hasSizeLessThan(5);
    }

    @Test
    void aSignInIsReadUntilItHasTimedOutAndOnlyWithTheSameKey() {
        PendingSignIn pending = PendingSignIn.start(REDIRECT_URI, "/", 100);
        String cookie = PendingSignIn.seal(List.of(pending), sealer);
        assertThat(PendingSignIn.open(cookie, sealer, 100)).containsExactly(pending);
        assertThat(PendingSignIn.open(cookie, sealer, 101)).isEmpty();
        assertThat(PendingSignIn.open(cookie, Sealer.of(new byte[32], "other"), 0))
                .isEmpty();
        assertThat(PendingSignIn.open("forged", sealer, 0)).isEmpty();
        assertThat(PendingSignIn.open(null, sealer, 0)).isEmpty();
    }
}
