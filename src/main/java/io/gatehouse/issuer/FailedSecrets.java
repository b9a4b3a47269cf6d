package io.gatehouse.issuer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts wrong secrets by client and by where they come from, so that whoever guesses is slowed down and the client
 * itself, elsewhere, is not.
 */
final class FailedSecrets {
    private static final int MAX_SIZE = 100_000;

    private final Cache<Source, AtomicInteger> failures = Caffeine.newBuilder()
            .maximumSize(MAX_SIZE)
            .expireAfterWrite(Duration.ofMinutes(1))
            .build();

    private record Source(String clientId, String address) {}

    /** Whether this source has used up its attempts of the minute; 0 allows any number. */
    boolean isOver(int limit, String clientId, String address) {
        AtomicInteger count = limit == 0 ? null : failures.getIfPresent(new Source(clientId, address));
        return count != null && count.get() >= limit;
    }

    void add(String clientId, String address) {
        failures.get(new Source(clientId, address), source -> new AtomicInteger())
                .incrementAndGet();
    }
}
