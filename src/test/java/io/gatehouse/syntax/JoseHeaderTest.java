package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which headers of signed tokens a library may read. */
class JoseHeaderTest {
    private static boolean isRead(String header) {
        return JoseHeader.isWithoutCertificates(
                Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(StandardCharsets.UTF_8))
                        + ".e30.x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"x5c\":[\"MIIB\"]}",
                "{\"jwk\":{\"kty\":\"EC\"}}",
                "{\"jwk\":null}"
            })
    void headerWithoutACertificateOfItsKey_isRead(String header) {
        assertThat(isRead(header)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jwk\":{\"kty\":\"EC\",\"x5c\":[\"MIIB\"]}}",
                "{\"jwk\":{\"x5c\":null}}",
                "{\"jw\\u006b\":{\"x5\\u0063\":[]}}",
                "{\"alg\":\"a\",\"alg\":\"a\"}",
                "[]",
                "x"
            })
    void otherHeader_isNotRead(String header) {
        assertThat(isRead(header)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "e30", "!.e30.x", ".."})
    void malformedToken_isNotRead(String token) {
        assertThat(JoseHeader.isWithoutCertificates(token)).isFalse();
    }
}
