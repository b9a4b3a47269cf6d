package io.gatehouse.admin.live;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Estimates quantiles of durations that were counted in buckets, with even distribution in each, as {@code histogram_quantile} does. */
final class Quantile {
    private Quantile() {}

    /**
     * Returns the duration that a share of the requests took at most.
     *
     * @param bounds the upper bounds of the buckets, in seconds
     * @param counts of the buckets; one more than bounds
     * @return seconds; the largest bound if the request is beyond it; null without requests
     */
    static @Nullable Double of(double share, List<Double> bounds, List<Long> counts) {
        long all = counts.stream().mapToLong(Long::longValue).sum();
        if (all <= 0) {
            return null;
        }
        double rank = share * all;
        double below = 0;
        for (int i = 0; i < bounds.size() && i < counts.size(); i++) {
            long count = counts.get(i);
            if (count > 0 && below + count >= rank) {
                double start = i == 0 ? 0 : bounds.get(i - 1);
                return start + (bounds.get(i) - start) * (rank - below) / count;
            }
            below += count;
        }
        return bounds.isEmpty() ? null : bounds.get(bounds.size() - 1);
    }
}
