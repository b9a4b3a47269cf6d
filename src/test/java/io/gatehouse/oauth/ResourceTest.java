package io.gatehouse.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResourceTest {
    @Test
    void aResourceHasAtMost1024Characters() {
        String longest = "https://a.test/" + "b".repeat(1_024 - "https://a.test/".length());
        assertThat(Resource.canonical(longest)).isEqualTo(longest);
        assertThat(Resource.canonical(longest + "b")).isNull();
    }
}
