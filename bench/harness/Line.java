package bench;

import java.util.List;
import java.util.Locale;

/** A line fitted to points by least squares. */
record Line(double intercept, double slope) {

    static Line through(List<Double> xs, List<Double> ys) {
        double x = mean(xs);
        double y = mean(ys);
        double above = 0;
        double below = 0;
        for (int i = 0; i < xs.size(); i++) {
            above += (xs.get(i) - x) * (ys.get(i) - y);
            below += (xs.get(i) - x) * (xs.get(i) - x);
        }
        double slope = above / below;
        return new Line(y - slope * x, slope);
    }

    double at(double x) {
        return intercept + slope * x;
    }

    String text() {
        return String.format(Locale.ROOT, "%.2f ms %s %.2f ms × nodes", intercept, slope < 0 ? "−" : "+", Math.abs(slope));
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
