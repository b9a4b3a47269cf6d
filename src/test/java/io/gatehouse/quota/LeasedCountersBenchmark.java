package io.gatehouse.quota;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures a request whose node has a lease, and one whose limit is exceeded. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LeasedCountersBenchmark {
    private static final int KEYS = 1_024;
    private static final long PLENTY = Long.MAX_VALUE / 4;

    private final LeasedCounters counters = new LeasedCounters(LeaseStore.ofNode(System::currentTimeMillis));
    private final List<Limit> minute = List.of(new Limit(Period.MINUTE, PLENTY));
    private final List<Limit> three =
            List.of(new Limit(Period.SECOND, PLENTY), new Limit(Period.MINUTE, PLENTY), new Limit(Period.HOUR, PLENTY));
    private final List<Limit> exceeded = List.of(new Limit(Period.HOUR, 1));
    private int next;

    private String key() {
        next = (next + 1) % KEYS;
        return "8a0b6a3e-7e53-4f3c-9c2f-6a4b8f1f8d11a:10.0.0." + next;
    }

    @Benchmark
    public Verdict oneLimit() {
        return counters.take(key(), minute).join();
    }

    @Benchmark
    public Verdict threeLimits() {
        return counters.take(key(), three).join();
    }

    @Benchmark
    public Verdict exceeded() {
        return counters.take("exceeded", exceeded).join();
    }
}
