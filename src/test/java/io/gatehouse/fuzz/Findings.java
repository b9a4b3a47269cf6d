package io.gatehouse.fuzz;

import java.util.Map;
import java.util.TreeMap;

/** Collects findings: for each kind the count and the first example with its bytes. */
final class Findings {
    private static final int MOST_KINDS = 200;

    private long startNanos = System.nanoTime();
    private final Map<String, Finding> kinds = new TreeMap<>();

    private static final class Finding {
        private final String example;
        private final double afterSeconds;
        private int times = 1;

        Finding(String example, double afterSeconds) {
            this.example = example;
            this.afterSeconds = afterSeconds;
        }
    }

    /** Starts the clock of the findings. */
    synchronized void start() {
        startNanos = System.nanoTime();
    }

    synchronized void add(String kind, String example) {
        Finding known = kinds.get(kind);
        if (known != null) {
            known.times++;
        } else if (kinds.size() < MOST_KINDS) {
            kinds.put(kind, new Finding(example, (System.nanoTime() - startNanos) / 1e9));
        }
    }

    synchronized boolean isEmpty() {
        return kinds.isEmpty();
    }

    /** Returns one line for each kind, then the examples. */
    synchronized String summary() {
        StringBuilder text = new StringBuilder();
        kinds.forEach((kind, finding) -> text.append(
                String.format("%n  %6d times, first after %6.1f s: %s", finding.times, finding.afterSeconds, kind)));
        return text.toString();
    }

    synchronized String report() {
        StringBuilder text = new StringBuilder(summary());
        kinds.forEach((kind, finding) ->
                text.append(String.format("%n%n---- %s%n", kind)).append(finding.example));
        return text.toString();
    }
}
