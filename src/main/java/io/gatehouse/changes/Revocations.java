package io.gatehouse.changes;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Declares the metric of revoked access tokens, which admins and issuers count. */
public final class Revocations {
    private Revocations() {}

    /** Returns the counter of one cause: {@code admin}, {@code client} or {@code misuse}. */
    public static Counter counter(MeterRegistry metrics, String by) {
        return Counter.builder("gatehouse.revocations")
                .description("Access tokens taken back before their time")
                .tag("by", by)
                .register(metrics);
    }
}
