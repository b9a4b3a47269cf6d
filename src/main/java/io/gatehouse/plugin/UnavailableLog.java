package io.gatehouse.plugin;

import io.gatehouse.syntax.LogText;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs requests that pass although what a plugin needs is unavailable: the first, and every 10 s how many there were. Each one would
 * flood the log.
 */
public final class UnavailableLog {
    private static final Logger LOG = LoggerFactory.getLogger(UnavailableLog.class);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String effect;
    private final AtomicLong passed = new AtomicLong();
    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());

    /** {@code effect} states what is different for such a request: {@code passes uncounted}. */
    public UnavailableLog(String effect) {
        this.effect = effect;
    }

    public void passed(String requestId, Throwable failure) {
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
