package io.gatehouse.plugin.openidconnect.provider;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tests the limits of wrong credentials (docs/reference/limits.md#plugins). */
class FailedCredentialsTest {
    private static final String ADDRESS = "192.0.2.1";

    private final FailedCredentials failed = new FailedCredentials(1_000);

    private boolean tries(int limit, String username, String address, boolean isWrong) {
        FailedCredentials.Attempt attempt = failed.attempt(limit, "plugin", username, address);
        boolean begun = attempt.begin();
        if (begun) {
            attempt.end(isWrong);
        }
        return begun;
    }

    @Test
    void aUsernameIsRefusedAfterItsWrongCredentials_fromThatNetworkOnly() {
        assertThat(tries(2, "anna", "2001:db8::1", true)).isTrue();
        assertThat(tries(2, "anna", "2001:db8::1", false)).isTrue();
        assertThat(tries(2, "anna", "2001:db8::2", true)).isTrue();
        assertThat(tries(2, "anna", "2001:db8::3", true)).isFalse();
        assertThat(tries(2, "otto", "2001:db8::3", true)).isTrue();
        assertThat(tries(2, "anna", "2001:db8:0:1::1", true)).isTrue();
    }

    @Test
    void aNetworkIsRefusedAfterTheWrongCredentialsOfManyUsernames() {
        for (int i = 0; i < 2 * FailedCredentials.USERNAMES; i++) {
            assertThat(tries(2, "user-" + i, ADDRESS, true)).isTrue();
        }
        assertThat(tries(2, "another", ADDRESS, true)).isFalse();
    }

    @Test
    void pendingChecksCountUntilTheyEnd() {
        FailedCredentials.Attempt first = failed.attempt(1, "plugin", "anna", ADDRESS);
        assertThat(first.begin()).isTrue();
        assertThat(tries(1, "anna", ADDRESS, false)).isFalse();
        first.end(false);
        assertThat(tries(1, "anna", ADDRESS, false)).isTrue();
        assertThat(failed.attempt(0, "plugin", "anna", ADDRESS).begin()).isTrue();
    }

    @Test
    void theCountsAreBounded() {
        for (int i = 0; i < 5_000; i++) {
            tries(30, "user-" + i, "192.0.2." + i % 250, true);
        }
        assertThat(failed.size()).isLessThanOrEqualTo(1_000);
    }
}
