package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests which keys of clients are accepted, whose verifications clients cause. */
class JsonWebKeySetTest {
    private static Map<String, String> rsa(int modulusBits, int exponentBits) {
        return Map.of("kty", "RSA", "n", number(modulusBits), "e", number(exponentBits));
    }

    /** An odd number of so many bits. */
    private static String number(int bits) {
        byte[] bytes = BigInteger.ONE.shiftLeft(bits - 1).setBit(0).toByteArray();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @ParameterizedTest
    @CsvSource({"2048, 17", "3072, 64", "8192, 2"})
    void rsaKey_isAccepted(int modulusBits, int exponentBits) {
        assertThat(JsonWebKeySet.violationOfKey(rsa(modulusBits, exponentBits))).isNull();
    }

    @Test
    void rsaKeyOfAnotherLength_isRefused() {
        for (int bits : new int[] {1_024, 2_047, 8_193}) {
            assertThat(JsonWebKeySet.violationOfKey(rsa(bits, 17))).isEqualTo("an RSA key has 2048 to 8192 bits");
        }
    }

    /** With an exponent as long as the modulus, a verification takes as long as a signature. */
    @Test
    void longExponent_isRefused() {
        for (int bits : new int[] {65, 2_048}) {
            assertThat(JsonWebKeySet.violationOfKey(rsa(2_048, bits)))
                    .isEqualTo("the exponent of an RSA key has at most 64 bits");
        }
    }
}
