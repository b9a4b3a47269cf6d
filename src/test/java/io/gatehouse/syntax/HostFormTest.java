package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.syntax.HostForm.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the forms of hosts that Kong accepts in a configuration. */
class HostFormTest {

    @ParameterizedTest
    @CsvSource({
        "example.com, NAME, false",
        "example.com., NAME, false",
        "my_host, NAME, false",
        "-a.test, NAME, false",
        "1a, NAME, false",
        "example.com:65535, NAME, true",
        "127.0.0.1, ADDRESS, false",
        "127.0.0.1:0080, ADDRESS, true",
        "::1, ADDRESS, false",
        "[2001:db8::1], ADDRESS, false",
        "[::1]:80, ADDRESS, true",
        "1:2:3:4:5:6:7:8, ADDRESS, false"
    })
    void aNameOrAnAddressMayHaveAPort(String text, Kind kind, boolean hasPort) {
        assertThat(HostForm.of(text)).isEqualTo(new HostForm(text, kind, hasPort, null));
    }

    @ParameterizedTest
    @CsvSource({
        "a b, invalid hostname: a b",
        "a~b, invalid hostname: a~b",
        "bücher.test, invalid hostname: bücher.test",
        ".test, invalid hostname: .test",
        "a..test, invalid hostname: a..test",
        "a-, invalid hostname: a-",
        "a-.test, invalid hostname: a-.test",
        "a.test:x, invalid hostname: a.test:x",
        "a.test:, invalid hostname: a.test:",
        "a-:80, invalid hostname: a-:80",
        "123, invalid ipv4 address: 123",
        "1.2.3, invalid ipv4 address: 1.2.3",
        "1.2.3.256, invalid ipv4 address: 1.2.3.256",
        "1.2.3.4.5, invalid ipv4 address: 1.2.3.4.5",
        "1.2.3.4:, invalid ipv4 address: 1.2.3.4:",
        "1:2:3, invalid ipv6 address: 1:2:3",
        "::ffff:1.2.3.4, invalid ipv6 address: ::ffff:1.2.3.4",
        "[::1, invalid ipv6 address: [::1",
        "[::1]x, invalid ipv6 address",
        "fe80::1%eth0, invalid ipv6 address: fe80::1%eth0",
        "a.test:65536, invalid port number",
        "1.2.3.4:99999999999, invalid port number"
    })
    void anyOtherTextHasKongsViolation(String text, String violation) {
        assertThat(HostForm.of(text).violation()).isEqualTo(violation);
    }

    @Test
    void aMebibyteIsReadInLinearTime() {
        String digits = "1".repeat(1 << 20);

        assertThat(HostForm.of(digits + "a").violation()).isNull();
        assertThat(HostForm.of(digits + ":" + digits + "a").violation()).startsWith("invalid hostname: ");
        assertThat(HostForm.of("a-.".repeat(1 << 18)).violation()).startsWith("invalid hostname: ");
    }
}
