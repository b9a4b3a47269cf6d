package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Tests the encryption of sessions and cookies. */
class SealerTest {
    private static final byte[] SECRET = bytes("a secret of the tests");
    private final Sealer sealer = Sealer.of(SECRET, "purpose");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void contentIsOpenedWithTheSameSecretPurposeAndPlaceOnly() {
        byte[] sealed = sealer.seal(bytes("content"), bytes("place"));
        assertThat(Sealer.of(SECRET, "purpose").open(sealed, bytes("place")))
                .hasValueSatisfying(content -> assertThat(content).isEqualTo(bytes("content")));
        assertThat(sealer.open(sealed, bytes("other"))).isEmpty();
        assertThat(Sealer.of(SECRET, "other").open(sealed, bytes("place"))).isEmpty();
        assertThat(Sealer.of(bytes("another"), "purpose").open(sealed, bytes("place")))
                .isEmpty();
    }

    @Test
    void aChangeOfAnyByteIsFound() {
        byte[] sealed = sealer.seal(bytes("content"), bytes("place"));
        for (int i = 0; i < sealed.length; i++) {
            byte[] forged = sealed.clone();
            forged[i] ^= 1;
            assertThat(sealer.open(forged, bytes("place"))).as("byte %d", i).isEmpty();
        }
        assertThat(sealer.open(new byte[10], bytes("place"))).isEmpty();
    }

    @Test
    void equalTextsHaveDifferentValuesThatACookieCanCarry() {
        String first = sealer.sealText("text");
        assertThat(first).matches("[A-Za-z0-9_-]+").isNotEqualTo(sealer.sealText("text"));
        assertThat(sealer.openText(first)).contains("text");
        assertThat(sealer.openText("%%%")).isEmpty();
        assertThat(sealer.openText("")).isEmpty();
    }
}
