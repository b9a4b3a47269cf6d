package io.gatehouse.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceTest {
    @ParameterizedTest
    @CsvSource({
        "https://api.example/a/b, https:/a/b",
        "https://api.example, https:",
        "https://[2001:db8::1]:8443/a?b=c, https:/a?b=c",
        // No host for java.net.URI.
        "https://[1:2]/a, https:/a"
    })
    void withoutHost_leavesTheRest(String canonical, String rest) {
        assertThat(Resource.withoutHost(canonical)).isEqualTo(rest);
    }

    @Test
    void aResourceHasAtMost1024Characters() {
        String longest = "https://a.test/" + "b".repeat(1_024 - "https://a.test/".length());
        assertThat(Resource.canonical(longest)).isEqualTo(longest);
        assertThat(Resource.canonical(longest + "b")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "HTTPS://My_API.test:443/a/, https://my_api.test/a",
        "https://api.test.:8443/a, https://api.test:8443/a",
        "https://[2001:DB8::1]/a?b=c, https://[2001:db8::1]/a?b=c",
        "https://api.test, https://api.test"
    })
    void aResourceHasOneSpelling(String text, String canonical) {
        assertThat(Resource.canonical(text)).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "urn:a", "https:///a", "https://a.test/#f", "https://b@a.test/", "https://b:c@a_b/"})
    void anotherTextIsNoResource(String text) {
        assertThat(Resource.canonical(text)).isNull();
    }
}
