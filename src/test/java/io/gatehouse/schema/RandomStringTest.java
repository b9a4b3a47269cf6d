package io.gatehouse.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomStringTest {
    @Test
    void allCharactersAreEquallyLikely() {
        Map<Integer, Integer> counts = new HashMap<>();
        Set<String> seen = new HashSet<>();
        int strings = 20_000;
        for (int i = 0; i < strings; i++) {
            String text = RandomString.next();
            assertThat(text).matches("[A-Za-z0-9]{32}");
            assertThat(seen.add(text)).isTrue();
            text.chars().forEach(c -> counts.merge(c, 1, Integer::sum));
        }
        double expected = strings * 32 / 62.0;
        assertThat(counts).hasSize(62);
        // Nine standard deviations detect a bias of one in sixteen without false alarms.
        assertThat(counts.values()).allMatch(count -> Math.abs(count - expected) < 9 * Math.sqrt(expected));
    }
}
