package io.gatehouse.cluster.port;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs refused peers: each reason once a minute per address, and at most one line per second in all. */
final class RefusalLog {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final Duration PERIOD = Duration.ofMinutes(1);
    private static final int MAX_ADDRESSES = 256;
    private static final long SECOND_NANOS = 1_000_000_000;

    private final Cache<String, Boolean> logged = Caffeine.newBuilder()
            .expireAfterWrite(PERIOD)
            .maximumSize(MAX_ADDRESSES)
            .build();
    private long next = System.nanoTime();
    private long suppressed;

    synchronized void refused(String address, String reason) {
        long now = System.nanoTime();
        if (now - next < 0 || logged.asMap().putIfAbsent(address + ' ' + reason, true) != null) {
            suppressed++;
            return;
        }
        next = now + SECOND_NANOS;
        if (suppressed == 0) {
            LOG.warn("refused member at {}: {}", address, reason);
        } else {
            LOG.warn("refused member at {}: {} (and {} refusals since the last line)", address, reason, suppressed);
        }
        suppressed = 0;
    }
}
