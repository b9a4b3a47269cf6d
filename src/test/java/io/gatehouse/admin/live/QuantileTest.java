package io.gatehouse.admin.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class QuantileTest {
    private static final List<Double> BOUNDS = List.of(0.1, 0.2, 0.4);

    @Test
    void aQuantileIsInterpolatedWithinItsBucket() {
        List<Long> counts = List.of(0L, 10L, 0L, 0L);
        assertThat(Quantile.of(0.5, BOUNDS, counts)).isCloseTo(0.15, within(1e-9));
        assertThat(Quantile.of(1.0, BOUNDS, counts)).isCloseTo(0.2, within(1e-9));
        assertThat(Quantile.of(0.5, BOUNDS, List.of(10L, 0L, 0L, 0L))).isCloseTo(0.05, within(1e-9));
    }

    @Test
    void aQuantileBeyondTheLastBoundIsThatBound() {
        assertThat(Quantile.of(0.99, BOUNDS, List.of(1L, 0L, 0L, 9L))).isEqualTo(0.4);
    }

    @Test
    void withoutRequestsThereIsNoQuantile() {
        assertThat(Quantile.of(0.5, BOUNDS, List.of(0L, 0L, 0L, 0L))).isNull();
        assertThat(Quantile.of(0.5, List.of(), List.of())).isNull();
    }
}
