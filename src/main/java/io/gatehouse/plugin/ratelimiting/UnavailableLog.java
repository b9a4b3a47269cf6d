package io.gatehouse.plugin.ratelimiting;

import io.gatehouse.syntax.LogText;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs requests that pass uncounted: the first, and every 10 s how many there were. Each one would flood the log. */
final class UnavailableLog {
    private static final Logger LOG = LoggerFactory.getLogger(UnavailableLog.class);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicLong passed = new AtomicLong();
    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());

    void passed(String requestId, Throwable failure) {
        passed.incrementAndGet();
        long now = System.nanoTime();
        long next = nextNanos.get();
        if (now - next >= 0 && nextNanos.compareAndSet(next, now + PERIOD_NANOS)) {
            LOG.warn(
                    "request {} passes uncounted, requests={} since the last such line: {}",
                    requestId,
                    passed.getAndSet(0),
                    LogText.of(failure));
        }
    }
}
