package io.gatehouse.plugin.ratelimiting;

import io.gatehouse.quota.Limit;
import io.gatehouse.quota.Period;
import io.gatehouse.quota.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the response headers about limits: {@code X-RateLimit-*} of each, and {@code RateLimit-*} of the one to heed. */
final class LimitHeaders {
    private static final long MILLIS = 1_000;

    /** The names of the two headers of a limit. */
    private record Names(String limit, String remaining) {}

    private final List<Names> names;

    LimitHeaders(List<Limit> limits) {
        this.names = limits.stream().map(limit -> names(limit.period())).toList();
    }

    private static Names names(Period period) {
        String field = period.field();
        String suffix = field.substring(0, 1).toUpperCase(Locale.ROOT) + field.substring(1);
        return new Names("X-RateLimit-Limit-" + suffix, "X-RateLimit-Remaining-" + suffix);
    }

    Map<String, String> of(Verdict verdict) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            Verdict.Usage usage = verdict.usages().get(i);
            headers.put(names.get(i).limit(), Long.toString(usage.limit().units()));
            headers.put(names.get(i).remaining(), Long.toString(usage.remaining()));
        }
        Verdict.Usage tightest = tightest(verdict);
        headers.put("RateLimit-Limit", Long.toString(tightest.limit().units()));
        headers.put("RateLimit-Remaining", Long.toString(tightest.remaining()));
        headers.put("RateLimit-Reset", seconds(tightest));
        return headers;
    }

    /** Returns when a request may be sent again, in seconds. */
    static String retryAfter(Verdict verdict) {
        return seconds(tightest(verdict));
    }

    /** Returns the limit with the least remaining units; of several, the one of the longest period. */
    private static Verdict.Usage tightest(Verdict verdict) {
        Verdict.Usage tightest = verdict.usages().get(0);
        for (Verdict.Usage usage : verdict.usages()) {
            tightest = usage.remaining() <= tightest.remaining() ? usage : tightest;
        }
        return tightest;
    }

    private static String seconds(Verdict.Usage usage) {
        return Long.toString(Math.max(1, (usage.resetMillis() + MILLIS - 1) / MILLIS));
    }
}
