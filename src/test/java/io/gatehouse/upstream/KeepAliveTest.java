package io.gatehouse.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepAliveTest {
    /** The upstream counts from the end of its response, which arrives later. */
    @ParameterizedTest
    @CsvSource({"timeout=5, 4000", "'max=100, Timeout = 2', 1000", "timeout=1, 500", "'timeout=0, max=5', 0"})
    void aConnectionIsUsedForLessThanTheUpstreamKeepsIt(String header, long millis) {
        assertThat(KeepAlive.nanos(header)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "max=5", "timeout", "timeout=", "timeout=soon"})
    void aHeaderWithoutATimeoutHasNoEffect(String header) {
        assertThat(KeepAlive.nanos(header)).isEqualTo(Long.MAX_VALUE);
    }
}
