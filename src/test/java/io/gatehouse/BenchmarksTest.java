package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark still runs; what it measures is not looked at here. */
class BenchmarksTest {
    private static final List<String> MEASURED = List.of(
            "EntitySchemaBenchmark.plugin",
            "EntitySchemaBenchmark.route",
            "EntitySchemaBenchmark.service",
            "HeadersBenchmark.request",
            "HeadersBenchmark.response",
            "LeasedCountersBenchmark.exceeded",
            "LeasedCountersBenchmark.oneLimit",
            "LeasedCountersBenchmark.threeLimits",
            "RouteMatchBenchmark.match",
            "TokenCheckBenchmark.digest",
            "TokenCheckBenchmark.tokenInUse");

    @Test
    void everyBenchmarkRuns() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("io\\.gatehouse\\..*")
                        .forks(0)
                        .warmupIterations(0)
                        .param("routes", "1000")
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(1))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        assertThat(results)
                .extracting(result -> result.getParams().getBenchmark().replaceFirst(".*\\.(\\w+\\.\\w+)$", "$1"))
                .containsAll(MEASURED);
        assertThat(results)
                .allSatisfy(result -> assertThat(
                                result.getPrimaryResult().getStatistics().getN())
                        .isPositive());
    }
}
