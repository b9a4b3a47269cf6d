package io.gatehouse.issuer.grant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests which guesses count together (docs/reference/oauth2.md#client-authentication). */
class FailedSecretsTest {
    private static final int LIMIT = 3;

    private final FailedSecrets failed = new FailedSecrets();

    private static void failOnce(FailedSecrets.Attempts attempts) {
        assertThat(attempts.begin()).isTrue();
        attempts.end(false);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "192.0.2.1, ::ffff:192.0.2.1, true",
        "::ffff:192.0.2.1, ::ffff:192.0.2.2, false",
        "2001:db8:0:1::1, 2001:db8:0:1:ffff:ffff:ffff:ffff, true",
        "2001:db8:0:1::1, 2001:DB8:0:1::2, true",
        "2001:db8:0:1::1, 2001:db8:0:2::1, false",
        "64:ff9b::c000:201, 64:ff9b::c000:202, false",
        "64:ff9b::c000:201, 192.0.2.1, true"
    })
    void addressesOfOneNetworkCountTogether(String guessing, String other, boolean together) {
        UUID plugin = UUID.randomUUID();
        for (int i = 0; i < LIMIT; i++) {
            failOnce(failed.ofClient(LIMIT, "client", guessing));
            failOnce(failed.ofPlugin(LIMIT, plugin, guessing));
        }

        assertThat(failed.isOver(LIMIT, "client", other)).isEqualTo(together);
        assertThat(failed.ofClient(LIMIT, "client", other).begin()).isEqualTo(!together);
        assertThat(failed.ofPlugin(LIMIT, plugin, other).begin()).isEqualTo(!together);
    }

    @Test
    void eachClientAndEachPluginHasACountOfItsOwn() {
        UUID plugin = UUID.randomUUID();
        for (int i = 0; i < LIMIT; i++) {
            failOnce(failed.ofPlugin(LIMIT, plugin, "192.0.2.1"));
        }

        assertThat(failed.ofPlugin(LIMIT, plugin, "192.0.2.1").begin()).isFalse();
        assertThat(failed.ofPlugin(LIMIT, UUID.randomUUID(), "192.0.2.1").begin())
                .isTrue();
        // A client whose id is that of the plugin.
        assertThat(failed.ofClient(LIMIT, plugin.toString(), "192.0.2.1").begin())
                .isTrue();
        assertThat(failed.isOver(LIMIT, plugin.toString(), "192.0.2.1")).isFalse();
    }

    @Test
    void theLimitIsThatOfThePluginThatIsAsked() {
        failOnce(failed.ofClient(1_000, "client", "192.0.2.1"));

        assertThat(failed.ofClient(1, "client", "192.0.2.1").begin()).isFalse();
        assertThat(failed.ofClient(2, "client", "192.0.2.1").begin()).isTrue();
        assertThat(failed.ofClient(0, "client", "192.0.2.1").begin()).isTrue();
    }

    @Test
    void countsAreBoundedByTheirMemory() {
        String longest = "c".repeat(512);
        FailedSecrets bounded = new FailedSecrets(100L * (FailedSecrets.COUNT_BYTES + 2 * longest.length()));
        for (int i = 0; i < 1_000; i++) {
            failOnce(bounded.ofClient(LIMIT, longest, "2001:db8:0:" + Integer.toHexString(i) + "::1"));
        }
        assertThat(bounded.size()).isBetween(99L, 100L);
    }

    @Test
    void countsOfANodeFitIntoItsHeap() {
        long heap = Runtime.getRuntime().maxMemory();
        int counts = (int) (heap / 64 / FailedSecrets.COUNT_BYTES) + 1_000;
        for (int i = 0; i < counts; i++) {
            failOnce(failed.ofPlugin(LIMIT, new UUID(0, i), "192.0.2.1"));
        }
        assertThat(failed.size() * FailedSecrets.COUNT_BYTES).isLessThanOrEqualTo(heap / 64);
    }
}
