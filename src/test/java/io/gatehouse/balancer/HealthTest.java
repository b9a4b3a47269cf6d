package io.gatehouse.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.balancer.Health.Report;
import io.gatehouse.entity.HealthChecks.Counts;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a peer becomes unhealthy, and healthy again; docs/reference/proxy.md#upstreams-and-targets. */
class HealthTest {
    private final Health health = new Health();

    private static Counts limits(int successes, int httpFailures, int tcpFailures, int timeouts) {
        return new Counts(Set.of(200), Set.of(500), successes, httpFailures, tcpFailures, timeouts);
    }

    private void count(Counts limits, Report... reports) {
        for (Report report : reports) {
            health.count(report, limits);
        }
    }

    @Test
    void aPeerBeginsHealthy() {
        assertThat(health.isHealthy()).isTrue();
    }

    @Test
    void enoughFailuresOfOneKindInARowMakeItUnhealthy() {
        Counts limits = limits(1, 3, 2, 2);
        count(limits, Report.HTTP_FAILURE, Report.HTTP_FAILURE, Report.TCP_FAILURE, Report.TIMEOUT);
        assertThat(health.isHealthy()).isTrue();
        assertThat(health.count(Report.HTTP_FAILURE, limits)).isTrue();
        assertThat(health.isHealthy()).isFalse();
    }

    @Test
    void aSuccessInBetweenResetsTheCount() {
        Counts limits = limits(1, 2, 2, 2);
        count(limits, Report.HTTP_FAILURE, Report.SUCCESS, Report.HTTP_FAILURE);
        assertThat(health.isHealthy()).isTrue();
    }

    @Test
    void enoughSuccessesInARowMakeItHealthyAgain() {
        Counts limits = limits(2, 1, 1, 1);
        count(limits, Report.TCP_FAILURE, Report.SUCCESS, Report.TCP_FAILURE, Report.SUCCESS);
        assertThat(health.isHealthy()).isFalse();
        assertThat(health.count(Report.SUCCESS, limits)).isTrue();
        assertThat(health.isHealthy()).isTrue();
    }

    @Test
    void aReportWithoutALimitDoesNotCount() {
        Counts none = limits(0, 0, 0, 0);
        count(none, Report.HTTP_FAILURE, Report.TCP_FAILURE, Report.TIMEOUT);
        assertThat(health.isHealthy()).isTrue();
        assertThat(health.set(false)).isTrue();
        count(none, Report.SUCCESS, Report.SUCCESS);
        assertThat(health.isHealthy()).isFalse();
    }
}
