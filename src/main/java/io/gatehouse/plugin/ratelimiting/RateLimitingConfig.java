package io.gatehouse.plugin.ratelimiting;

import io.gatehouse.entity.Plugin;
import io.gatehouse.quota.Limit;
import io.gatehouse.quota.Period;
import io.gatehouse.schema.Document;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds the {@code rate-limiting} plugin's configuration, read once per change.
 *
 * @param limits from the shortest period to the longest, at least one
 * @param policy where the counters are
 * @param faultTolerant whether requests pass while the counters are not available
 * @param hidesHeaders whether the client receives no headers about the limits
 * @param errorCode the status of the response to a request that exceeds a limit
 * @param errorMessage the message of that response
 */
record RateLimitingConfig(
        List<Limit> limits,
        String policy,
        boolean faultTolerant,
        boolean hidesHeaders,
        int errorCode,
        String errorMessage) {
    /** The largest limit. Kong's limits are floating-point numbers, which are exact up to this one. */
    private static final double MAX_UNITS = 9_007_199_254_740_992d;

    static RateLimitingConfig of(Plugin plugin) {
        Document config = plugin.config();
        return new RateLimitingConfig(
                limits(config),
                config.string("policy"),
                config.flag("fault_tolerant"),
                config.flag("hide_client_headers"),
                (int) config.integer("error_code"),
                config.string("error_message"));
    }

    /** Reads the limits of a record with a field for each period. */
    static List<Limit> limits(Document config) {
        List<Limit> limits = new ArrayList<>();
        for (Period period : Period.values()) {
            if (config.get(period.field()) instanceof Number number) {
                // A request passes while less than the limit is used, so 1.5 allows two.
                double units = Math.ceil(Math.min(number.doubleValue(), MAX_UNITS));
                limits.add(new Limit(period, (long) units));
            }
        }
        return List.copyOf(limits);
    }
}
