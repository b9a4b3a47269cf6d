package bench;

import java.util.List;
import java.util.Locale;

/** Durations in milliseconds, in ascending order. */
record Times(List<Double> sorted) {

    static Times of(List<Double> millis) {
        if (millis.isEmpty()) {
            throw new BenchException("nothing was measured");
        }
        return new Times(millis.stream().sorted().toList());
    }

    double p50() {
        return at(0.5);
    }

    double p99() {
        return at(0.99);
    }

    double longest() {
        return sorted.get(sorted.size() - 1);
    }

    /** Returns the smallest duration that this share of all does not exceed. */
    private double at(double share) {
        return sorted.get((int) Math.ceil(sorted.size() * share) - 1);
    }

    /** The cell of a table: median, 99th percentile and maximum. */
    String cell() {
        return String.format(Locale.ROOT, "%.1f, %.1f, %.1f", p50(), p99(), longest());
    }
}
