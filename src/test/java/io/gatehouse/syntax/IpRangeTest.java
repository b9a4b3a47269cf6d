package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpRangeTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1, true",
        "10.0.0.1, 10.0.0.2, false",
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.77/31, 10.0.0.76, true",
        "10.0.0.77/31, 10.0.0.78, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "::1, ::1, true",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::, false",
        "::/0, 2001:db8::1, true",
        "::ffff:10.0.0.1, 10.0.0.1, true",
        "::ffff:10.0.0.0/104, 10.1.2.3, true"
    })
    void anAddressIsInARange(String range, String address, boolean contained) throws UnknownHostException {
        assertThat(Objects.requireNonNull(IpRange.parse(range)).contains(InetAddress.getByName(address)))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "a",
                "localhost",
                "10",
                "10.0.0",
                "10.0.0.1.2",
                "10.0.0.256",
                "010.0.0.1",
                "10.0.0.1/33",
                "10.0.0.1/",
                "10.0.0.1/08",
                "10.0.0.1/-1",
                " 10.0.0.1",
                "10.0.0.1\n",
                ":",
                ":::",
                "::1/129",
                "fe80::1%1",
                "1::2::3",
                "10.0.0.1/8/8",
                "[::1]",
                "abc",
                ".1:2"
            })
    void anyOtherTextIsNoRange(String text) {
        assertThat(IpRange.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1, false", "10.0.0.1/32, false", "10.0.0.0/31, true", "::1, false", "::/0, true"})
    void aRangeCanContainSeveralAddresses(String text, boolean several) {
        assertThat(Objects.requireNonNull(IpRange.parse(text)).hasSeveral()).isEqualTo(several);
    }
}
