package io.gatehouse.plugin;

import io.gatehouse.syntax.LogText;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the requests that pass although what a plugin needs is unavailable. It logs the first, and every 10 s how many there were: a line for
 * each would flood the log.
 */
public final class UnavailableLog {
    private static final Logger LOG = LoggerFactory.getLogger(UnavailableLog.class);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String effect;
    private final Counter counter;
    private final AtomicLong passed = new AtomicLong();
    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());

    /**
     * Creates the log of a plugin.
     *
     * @param plugin its name
     * @param effect what is different for such a request: {@code passes uncounted}
     */
    public UnavailableLog(MeterRegistry registry, String plugin, String effect) {
        this.effect = effect;
        this.counter = Counter.builder("gatehouse.plugin.failures.tolerated")
                .description("Requests that passed although what a plugin needs was unavailable")
                .tag("plugin", plugin)
                .register(registry);
    }

    public void passed(String requestId, Throwable failure) {
        counter.increment();
        passed.incrementAndGet();
        long now = System.nanoTime();
        long next = nextNanos.get();
        if (now - next >= 0 && nextNanos.compareAndSet(next, now + PERIOD_NANOS)) {
            LOG.warn(
                    "request {} {}, requests={} since the last such line: {}",
                    requestId,
                    effect,
                    passed.getAndSet(0),
                    LogText.of(failure));
        }
    }
}
