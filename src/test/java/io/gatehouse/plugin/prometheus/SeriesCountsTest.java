package io.gatehouse.plugin.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests the bound of the series that name Consumers. */
class SeriesCountsTest {
    private static final RouteLabels ROUTE = new RouteLabels("s", "r");
    private static final RouteLabels OTHER = new RouteLabels("s", "other");

    private final SeriesCounts<ByteLabels> counts = new SeriesCounts<>(2);

    private static ByteLabels key(RouteLabels route, String consumer) {
        return new ByteLabels(route, "ingress", consumer);
    }

    private Map<Labels, Long> read(RouteLabels... routes) {
        Map<Labels, Long> read = new HashMap<>();
        counts.forEach(Set.of(routes), read::put);
        return read;
    }

    @Test
    void furtherConsumersAreCountedWithoutTheirNames() {
        assertThat(counts.add(key(ROUTE, "a"), 1)).isTrue();
        assertThat(counts.add(key(ROUTE, "b"), 2)).isTrue();
        assertThat(counts.add(key(ROUTE, "c"), 4)).isFalse();
        assertThat(counts.add(key(ROUTE, "d"), 8)).isFalse();
        assertThat(counts.add(key(ROUTE, "a"), 16)).isTrue();

        assertThat(read(ROUTE))
                .containsOnly(
                        Map.entry(key(ROUTE, "a").labels(), 17L),
                        Map.entry(key(ROUTE, "b").labels(), 2L),
                        Map.entry(key(ROUTE, "").labels(), 12L));
    }

    @Test
    void aRouteIsCountedBeyondTheLimit() {
        counts.add(key(ROUTE, "a"), 1);
        counts.add(key(ROUTE, "b"), 1);

        assertThat(counts.add(key(OTHER, ""), 1)).isTrue();
        assertThat(read(OTHER)).containsOnly(Map.entry(key(OTHER, "").labels(), 1L));
    }

    @Test
    void theSeriesOfRemovedRoutesMakeRoom() {
        counts.add(key(OTHER, "a"), 1);
        counts.add(key(OTHER, "b"), 1);
        counts.retain(Set.of(ROUTE));

        assertThat(counts.add(key(ROUTE, "a"), 1)).isTrue();
        assertThat(read(ROUTE, OTHER)).containsOnly(Map.entry(key(ROUTE, "a").labels(), 1L));
    }
}
