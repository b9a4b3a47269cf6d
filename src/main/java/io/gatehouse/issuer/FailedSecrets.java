package io.gatehouse.issuer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;

/**
 * Limits the wrong secrets of a minute, for each client and each address that they come from. A verification is counted before
 * it begins, so that secrets sent at once are not all tried; it no longer counts if the secret was right.
 *
 * <p><i>Threading</i>: the verticle's event loop.
 */
final class FailedSecrets {
    private static final int MAX_SIZE = 100_000;

    private final Cache<Source, Count> counts = Caffeine.newBuilder()
            .maximumSize(MAX_SIZE)
            .expireAfterWrite(Duration.ofMinutes(1))
            .build();

    private record Source(String clientId, String address) {}

    /** The verifications of one client from one address within a minute. */
    static final class Count {
        private final int limit;
        private int failed;
        private int pending;

        private Count(int limit) {
            this.limit = limit;
        }

        /** Counts a verification, unless so many have failed or may fail that it is refused. */
        boolean begin() {
            if (limit > 0 && failed + pending >= limit) {
                return false;
            }
            pending++;
            return true;
        }

        void end(boolean isRight) {
            pending--;
            failed += isRight ? 0 : 1;
        }
    }

    /** Whether the failures alone have reached the limit; 0: there is none. */
    boolean isOver(int limit, String clientId, String address) {
        Count count = limit == 0 ? null : counts.getIfPresent(new Source(clientId, address));
        return count != null && count.failed >= limit;
    }

    /** A changed limit counts from the next minute on. */
    Count of(int limit, String clientId, String address) {
        return limit == 0 ? new Count(0) : counts.get(new Source(clientId, address), source -> new Count(limit));
    }
}
