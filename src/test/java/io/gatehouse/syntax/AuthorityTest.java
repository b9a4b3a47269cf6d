package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {

    @ParameterizedTest
    @CsvSource({
        "example.com,            example.com,   -1",
        "EXAMPLE.Com,            example.com,   -1",
        "example.com.,           example.com,   -1",
        "example.com:8000,       example.com,   8000",
        "Example.com.:8000,      example.com,   8000",
        "example.com:,           example.com,   -1",
        "example.com:0080,       example.com,   80",
        "localhost,              localhost,     -1",
        "my_service.internal,    my_service.internal, -1",
        "127.0.0.1:65535,        127.0.0.1,     65535",
        "[::1],                  [::1],         -1",
        "[2001:DB8::1]:8443,     [2001:db8::1], 8443",
        "[::ffff:127.0.0.1]:80,  [::ffff:127.0.0.1], 80"
    })
    void hostAndPortAreNormalised(String text, String host, int port) {
        assertThat(Authority.parse(text)).isEqualTo(new Authority(host, port));
    }

    @Test
    void aHostHasAtMost255Characters() {
        assertThat(Authority.parse("a".repeat(255) + ":80")).isNotNull();
        assertThat(Authority.parse("a".repeat(256))).isNull();
        assertThat(Authority.parse("[" + "1".repeat(255) + "]")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ":",
                ":80",
                ".example.com",
                "example.com..",
                "a..b",
                "user@example.com",
                "user:password@example.com",
                "example.com:port",
                "example.com:80:80",
                "example.com:65536",
                "example.com:99999999999999999999",
                "example.com:0",
                "example.com:-1",
                "example.com:+80",
                "example.com:٣",
                "example.com/path",
                "example.com?",
                "example.com#",
                "exa mple.com",
                " example.com",
                "example.com ",
                "example.com\r\nX: y",
                "example.com\u0000",
                "ex%61mple.com",
                "*.example.com",
                "a,b",
                "bücher.example",
                "\u212a.example",
                "::1",
                "[",
                "[]",
                "[:]x",
                "[::1",
                "[::1]x",
                "[::1]:x",
                "[fe80::1%25eth0]",
                "[example.com]"
            })
    void aMalformedHostIsRejected(String text) {
        assertThat(Authority.parse(text)).isNull();
    }
}
