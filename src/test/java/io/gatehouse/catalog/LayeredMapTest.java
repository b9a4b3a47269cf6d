package io.gatehouse.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LayeredMapTest {
    private static final int KEYS = 3_000;

    private final Random random = new Random(5);

    private Map<Integer, Integer> entries(int count) {
        Map<Integer, Integer> entries = new HashMap<>();
        for (int i = 0; i < count; i++) {
            entries.put(random.nextInt(KEYS), random.nextInt(3));
        }
        return entries;
    }

    private static void hasEntries(LayeredMap<Integer, Integer> map, Map<Integer, Integer> expected) {
        for (int key = 0; key < KEYS; key++) {
            assertThat(map.get(key)).isEqualTo(expected.get(key));
        }
        assertThat(map.values()).hasSize(expected.size()).containsExactlyInAnyOrderElementsOf(expected.values());
    }

    /** Compares all versions with each other, among them those before and after one map was made again. */
    @Test
    void randomChangesAreThoseOfAMap() {
        Map<Integer, Integer> expected = entries(2_500);
        LayeredMap<Integer, Integer> map = LayeredMap.of(expected);
        List<LayeredMap<Integer, Integer>> versions = new ArrayList<>();
        List<Map<Integer, Integer>> maps = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Map<Integer, Integer> written = entries(random.nextInt(20));
            Set<Integer> removed = new HashSet<>(entries(random.nextInt(20)).keySet());
            removed.removeAll(written.keySet());
            map = map.with(written, removed);
            expected = new HashMap<>(expected);
            expected.keySet().removeAll(removed);
            expected.putAll(written);
            hasEntries(map, expected);
            versions.add(map);
            maps.add(expected);
        }
        for (int before = 0; before < versions.size(); before++) {
            for (int after = before; after < versions.size(); after += 7) {
                assertThat(versions.get(after).changedSince(versions.get(before)))
                        .isEqualTo(changed(maps.get(before), maps.get(after)));
            }
        }
    }

    private static Set<Integer> changed(Map<Integer, Integer> before, Map<Integer, Integer> after) {
        Set<Integer> changed = new HashSet<>();
        for (int key = 0; key < KEYS; key++) {
            if (!Objects.equals(before.get(key), after.get(key))) {
                changed.add(key);
            }
        }
        return changed;
    }

    @Test
    void theValuesHaveTheOrderOfTheFirstEntries() {
        Map<Integer, Integer> inOrder = new LinkedHashMap<>();
        for (int key = 100; key > 0; key--) {
            inOrder.put(key, key);
        }
        assertThat(LayeredMap.of(inOrder).values()).containsExactlyElementsOf(inOrder.values());
        LayeredMap<Integer, Integer> empty = LayeredMap.of(Map.of());
        assertThat(empty.with(inOrder, Set.of()).values()).containsExactlyElementsOf(inOrder.values());
    }

    @Test
    void aVersionWithoutAChangeIsTheSame() {
        LayeredMap<Integer, Integer> map = LayeredMap.of(entries(100));
        assertThat(map.with(Map.of(), Set.of())).isSameAs(map);
    }

    @Test
    void fewChangesLeaveTheLargeMapAsItIs() {
        LayeredMap<Integer, Integer> map = LayeredMap.of(entries(2_500));
        Object large = map.large();
        LayeredMap<Integer, Integer> changed = map.with(Map.of(1, 9), Set.of(2));
        assertThat(changed.large()).isSameAs(large);
        assertThat(changed.with(entries(500), Set.of()).large()).isNotSameAs(large);
    }
}
