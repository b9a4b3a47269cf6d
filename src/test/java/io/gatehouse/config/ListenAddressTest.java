package io.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @Test
    void anIpv6AddressIsWrittenAndParsedInBrackets() {
        ListenAddress address = ListenAddress.parse("[::1]:8001");

        assertThat(address).isEqualTo(new ListenAddress("::1", 8001)).hasToString("[::1]:8001");
    }

    /** The manifests write $(POD_IP):5701, and Kubernetes gives an IPv6 address without brackets. */
    @Test
    void anIpv6AddressWithoutBrackets_endsBeforeTheLastColon() {
        assertThat(ListenAddress.parse("fd00:10:244::7:5701")).isEqualTo(new ListenAddress("fd00:10:244::7", 5701));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "8000", ":8000", "localhost", "localhost:", "localhost:http", "localhost:65536", "a:-1"})
    void aTextWithoutHostAndPortIsInvalid(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ListenAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:1", "127.8.9.10:1", "localhost:1", "[::1]:1"})
    void loopbackAddressesAreLoopback(String text) {
        assertThat(ListenAddress.parse(text).isLoopback()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "127.example.com:1", "localhost.example.com:1"})
    void otherAddressesAreNotLoopback(String text) {
        assertThat(ListenAddress.parse(text).isLoopback()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0:80, localhost:80, localhost:80",
        "[::]:80, localhost:80, localhost:80",
        "127.0.0.1:80, 127.0.0.1:80, localhost:80",
        "[::1]:80, [::1]:80, localhost:80",
        "10.0.0.1:80, 10.0.0.1:80, 10.0.0.1:80",
    })
    void aWildcardIsCalledAsLocalhost(String bound, String callable, String byName) {
        assertThat(ListenAddress.parse(bound).callable()).hasToString(callable);
        assertThat(ListenAddress.parse(bound).callableByName()).hasToString(byName);
    }
}
