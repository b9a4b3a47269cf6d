package io.gatehouse.faults;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Counts the results of a load. */
final class Tally {
    /** The most failures that are kept: enough to find the cause. */
    private static final int MAX_KEPT = 2_000;

    /** The purpose of a request. */
    enum Kind {
        LIVE,
        REVOKED,
        NONSENSE,
        ISSUE,
        REFRESH,
        REUSE,
        REVOKE,
        CREDENTIAL
    }

    /**
     * Describes a failed request.
     *
     * @param millis when it was sent, since the load began
     * @param reason a status, or the failure of the connection
     */
    record Failure(long millis, Kind kind, NodeProcess node, String reason) {}

    private final long start = System.nanoTime();
    private final Map<Kind, Integer> requests = new EnumMap<>(Kind.class);
    private final List<Failure> failures = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private int failed;
    private int wrongs;
    private int stale;
    private long stalest;
    private int late;

    synchronized void request(Kind kind) {
        requests.merge(kind, 1, Integer::sum);
    }

    synchronized void failure(Kind kind, NodeProcess node, String reason, long sent) {
        failed++;
        if (failures.size() < MAX_KEPT) {
            failures.add(new Failure((sent - start) / 1_000_000, kind, node, reason));
        }
    }

    synchronized void wrong(Kind kind, NodeProcess node, String what) {
        wrongs++;
        if (wrong.size() < MAX_KEPT) {
            wrong.add("at %d ms %s on %s: %s".formatted(millis(), kind, node, what));
        }
    }

    /** Records how long after the response to its revocation a token was accepted, within the bound; negative: it was not. */
    synchronized void stale(long millis) {
        if (millis >= 0) {
            stale++;
            stalest = Math.max(stalest, millis);
        }
    }

    /** Counts a response of the Admin API that names late nodes. */
    synchronized void late() {
        late++;
    }

    long millis() {
        return (System.nanoTime() - start) / 1_000_000;
    }

    synchronized int requests() {
        return requests.values().stream().mapToInt(Integer::intValue).sum();
    }

    synchronized int requests(Kind kind) {
        return requests.getOrDefault(kind, 0);
    }

    synchronized int failed() {
        return failed;
    }

    synchronized int wrongs() {
        return wrongs;
    }

    synchronized String staleOnes() {
        return stale == 0 ? "0" : "%d, up to %d ms".formatted(stale, stalest);
    }

    synchronized int lateOnes() {
        return late;
    }

    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** Describes the selected failures: how many by kind, node and reason, and when they were sent. */
    synchronized Map<String, String> failures(Predicate<Failure> which) {
        Map<String, LongSummaryStatistics> summary = failures.stream()
                .filter(which)
                .collect(Collectors.groupingBy(
                        failure -> failure.kind() + " on " + failure.node() + ": " + failure.reason(),
                        TreeMap::new,
                        Collectors.summarizingLong(Failure::millis)));
        Map<String, String> text = new LinkedHashMap<>();
        summary.forEach((what, times) -> text.put(
                what,
                "%d, sent at %.1f to %.1f s".formatted(times.getCount(), times.getMin() / 1e3, times.getMax() / 1e3)));
        return text;
    }
}
