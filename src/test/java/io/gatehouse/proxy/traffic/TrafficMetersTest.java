package io.gatehouse.proxy.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.gatehouse.plugin.ProxyError;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrafficMetersTest {
    private final RouteMeters meters = new RouteMeters("route", "service", 2);

    private void record(int loop, int status, long nanos) {
        meters.record(loop, status, ResponseOrigin.of(status, true, true), true, nanos, nanos, nanos, 3, 5);
    }

    @Test
    void theCountsOfAllEventLoopsAreAddedUp() {
        record(0, 200, 1);
        record(1, 200, 1);
        record(1, 404, 1);

        assertThat(meters.responses())
                .hasSize(2)
                .containsEntry(new StatusCounters.Response(200, ResponseOrigin.FROM_UPSTREAM), 2L)
                .containsEntry(new StatusCounters.Response(404, ResponseOrigin.REJECTED_BY_UPSTREAM), 1L);
        assertThat(meters.bytesIn()).isEqualTo(9);
        assertThat(meters.bytesOut()).isEqualTo(15);
        assertThat(meters.incomplete()).isZero();
    }

    @Test
    void aDurationFallsIntoTheFirstBucketItFits() {
        record(0, 200, TimeUnit.MICROSECONDS.toNanos(500));
        record(0, 200, TimeUnit.MICROSECONDS.toNanos(501));
        record(1, 200, TimeUnit.SECONDS.toNanos(10));
        record(1, 200, TimeUnit.SECONDS.toNanos(11));

        long[] counts = meters.total().counts();
        double[] seconds = DurationHistogram.bounds(1e9);
        assertThat(counts).hasSameSizeAs(seconds);
        assertThat(seconds[0]).isEqualTo(0.0005);
        assertThat(seconds[seconds.length - 1]).isInfinite();
        assertThat(counts[0]).isEqualTo(1);
        assertThat(counts[1]).isEqualTo(1);
        assertThat(counts[counts.length - 2]).isEqualTo(1);
        assertThat(counts[counts.length - 1]).isEqualTo(1);
        assertThat(meters.total().sumNanos()).isEqualTo(TimeUnit.MICROSECONDS.toNanos(21_001_001));
    }

    @Test
    void aBucketKeepsTheLastTracedRequest() {
        meters.exemplify(0, 1, "ignored: this event loop has counted nothing", "");
        record(0, 200, 1);
        record(1, 200, TimeUnit.SECONDS.toNanos(11));
        meters.exemplify(0, 1, "first", "a");
        meters.exemplify(0, 2, "second", "b");
        meters.exemplify(1, TimeUnit.SECONDS.toNanos(11), "slow", "c");

        assertThat(meters.total().traced())
                .extracting(TracedDuration::traceId, TracedDuration::nanos)
                .containsExactly(tuple("second", 2L), tuple("slow", TimeUnit.SECONDS.toNanos(11)));
        assertThat(meters.gateway().traced()).isEmpty();
    }

    @Test
    void arbitraryStatusesOfAnUpstreamCreateABoundedNumberOfSeries() {
        for (int status = 100; status < 600; status++) {
            record(0, status, 1);
        }
        record(0, 100, 1);

        assertThat(meters.responses())
                .hasSizeLessThan(70)
                .containsEntry(new StatusCounters.Response(100, ResponseOrigin.FROM_UPSTREAM), 2L);
        assertThat(meters.responses().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(501);
        assertThat(meters.responses().keySet())
                .anySatisfy(answer -> assertThat(answer.code()).isEqualTo("other"));
    }

    /** Metrics compute the fault from the request, the error states it. */
    @ParameterizedTest
    @EnumSource(ProxyError.class)
    void theFaultAgreesWithTheError(ProxyError error) {
        boolean upstreamAsked = error.fault() == ProxyError.Fault.UPSTREAM;

        String expected = switch (error.fault()) {
            case DOWNSTREAM -> "client";
            case GATEWAY -> "gateway";
            case UPSTREAM -> "upstream";
        };
        assertThat(ResponseOrigin.of(error.status(), upstreamAsked, false).fault())
                .isEqualTo(expected);
        assertThat(ResponseOrigin.of(error.status(), upstreamAsked, false).source())
                .isEqualTo("gateway");
    }

    @Test
    void aFailureOfTheGatewayIsItsOwnEvenAfterForwarding() {
        assertThat(ResponseOrigin.of(ProxyError.INTERNAL.status(), true, false))
                .isEqualTo(ResponseOrigin.FAILED_IN_GATEWAY);
    }
}
