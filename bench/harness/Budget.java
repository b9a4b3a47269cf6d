package bench;

import java.util.List;
import java.util.Locale;

/**
 * What a figure is held against.
 *
 * @param limit and {@code measured} in {@code unit}
 * @param atMost false: at least
 * @param measured of each round. Their median counts
 */
record Budget(String what, double limit, boolean atMost, List<Double> measured, String unit) {
    static Budget atMost(String what, double limit, List<Double> measured, String unit) {
        return new Budget(what, limit, true, measured, unit);
    }

    static Budget atMost(String what, double limit, double measured, String unit) {
        return atMost(what, limit, List.of(measured), unit);
    }

    static Budget atLeast(String what, double limit, List<Double> measured, String unit) {
        return new Budget(what, limit, false, measured, unit);
    }

    private boolean isMet(double value) {
        return atMost ? value <= limit : value >= limit;
    }

    static String table(List<Budget> budgets) {
        StringBuilder table =
                new StringBuilder("| budget | limit | measured | rounds within it | |\n| --- | --- | --- | --- | --- |\n");
        for (Budget budget : budgets) {
            double median = Starting.median(budget.measured);
            int rounds = budget.measured.size();
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s %s | %s | %s | %s |\n",
                    budget.what,
                    budget.atMost ? "≤" : "≥",
                    text(budget.limit, budget.unit),
                    text(median, budget.unit) + (rounds == 1 ? "" : budget.interval()),
                    rounds == 1
                            ? ""
                            : budget.measured.stream().filter(budget::isMet).count() + " of " + rounds,
                    budget.isMet(median) ? "met" : "**missed**"));
        }
        return table.toString();
    }

    /** Returns the smallest and the largest of the rounds. */
    private String interval() {
        return " (" + number(measured.stream().mapToDouble(Double::doubleValue).min().orElseThrow()) + "–"
                + number(measured.stream().mapToDouble(Double::doubleValue).max().orElseThrow()) + ")";
    }

    private static String text(double value, String unit) {
        return number(value) + " " + unit;
    }

    private static String number(double value) {
        return value >= 100
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value).replaceFirst("\\.?0+$", "");
    }
}
