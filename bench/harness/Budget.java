package bench;

import java.util.List;
import java.util.Locale;

/**
 * What a figure is held against.
 *
 * @param limit and {@code measured} in {@code unit}
 * @param atMost false: at least
 */
record Budget(String what, double limit, boolean atMost, double measured, String unit) {
    static Budget atMost(String what, double limit, double measured, String unit) {
        return new Budget(what, limit, true, measured, unit);
    }

    static Budget atLeast(String what, double limit, double measured, String unit) {
        return new Budget(what, limit, false, measured, unit);
    }

    boolean isMet() {
        return atMost ? measured <= limit : measured >= limit;
    }

    static String table(List<Budget> budgets) {
        StringBuilder table = new StringBuilder("| budget | limit | measured | |\n| --- | --- | --- | --- |\n");
        for (Budget budget : budgets) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s %s | %s | %s |\n",
                    budget.what,
                    budget.atMost ? "≤" : "≥",
                    text(budget.limit, budget.unit),
                    text(budget.measured, budget.unit),
                    budget.isMet() ? "met" : "**missed**"));
        }
        return table.toString();
    }

    private static String text(double value, String unit) {
        String number = value >= 100
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value).replaceFirst("\\.?0+$", "");
        return unit.equals("×") ? number + " ×" : number + " " + unit;
    }
}
