package io.gatehouse.plugin.ldapauth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PendingBindsTest {
    private final PendingBinds binds = new PendingBinds();

    /** Begins binds until one is refused, and returns their number. */
    private int fill(PendingBinds.OfServer server) {
        int begun = 0;
        while (binds.begin(server)) {
            begun++;
        }
        return begun;
    }

    @Test
    void eachServerLeavesPlaceForTheNext() {
        PendingBinds.OfServer first = new PendingBinds.OfServer();
        PendingBinds.OfServer second = new PendingBinds.OfServer();
        int half = PendingBinds.MAX / 2;
        assertThat(fill(first)).isEqualTo(half);
        assertThat(fill(second)).isEqualTo(half / 2);
        assertThat(binds.begin(first)).isFalse();

        for (int i = 0; i < half / 2; i++) {
            binds.end(second);
        }
        for (int i = 0; i < half; i++) {
            binds.end(first);
        }
        assertThat(fill(second)).isEqualTo(half);
    }
}
