package io.gatehouse.plugin.ratelimiting;

import io.gatehouse.quota.Limit;
import io.gatehouse.quota.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Describes what an upstream counts under one name, such as {@code image}.
 *
 * @param limits from the shortest period to the longest, at least one
 * @param headers the response headers of each limit
 */
record Quantity(String name, List<Limit> limits, List<Headers> headers) {

    /** Holds the names of the headers of one limit. */
    record Headers(String limit, String remaining) {}

    static Quantity of(String name, List<Limit> limits) {
        List<Headers> headers = new ArrayList<>();
        for (Limit limit : limits) {
            String suffix = name + "-" + limit.period().field();
            headers.add(new Headers("X-RateLimit-Limit-" + suffix, "X-RateLimit-Remaining-" + suffix));
        }
        return new Quantity(name, limits, List.copyOf(headers));
    }

    /** Returns the header with which the upstream receives what is left. */
    String upstreamHeader() {
        return "X-RateLimit-Remaining-" + name;
    }

    /** Returns what is left of the limit with the least units. */
    static long remaining(Verdict verdict) {
        return verdict.usages().stream()
                .mapToLong(Verdict.Usage::remaining)
                .min()
                .orElse(0);
    }

    /** Passes on the headers for the client, after the use of {@code units}. */
    void headers(Verdict verdict, long units, BiConsumer<String, String> into) {
        for (int i = 0; i < headers.size(); i++) {
            Verdict.Usage usage = verdict.usages().get(i);
            into.accept(headers.get(i).limit(), Long.toString(usage.limit().units()));
            into.accept(headers.get(i).remaining(), Long.toString(Math.max(0, usage.remaining() - units)));
        }
    }
}
