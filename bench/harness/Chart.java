package bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Bars with a line from the smallest to the largest round; an SVG that follows the reader's light or dark theme. */
final class Chart {
    private static final int WIDTH = 860;
    private static final int NAMES = 290;
    private static final int BAR = 18;
    private static final int ROW = 28;
    private static final int TITLE = 44;
    /** Room for a figure behind the longest bar. */
    private static final int FIGURE = 90;

    private static final String STYLE = """
            <style>
            text { font: 13px system-ui, sans-serif; fill: #24292f }
            .title { font-weight: 600 }
            .note { fill: #57606a; font-size: 11px }
            .us { fill: #2f6feb } .peer { fill: #8c959f }
            .range { stroke: #24292f; stroke-width: 1.5 }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3 } .note { fill: #9198a1 } .range { stroke: #e6edf3 }
            }
            </style>
            """;

    private final StringBuilder svg = new StringBuilder();
    private int y;

    private Chart() {}

    static String of(List<Contestant> contestants, String note) {
        List<Contestant> calls =
                contestants.stream().filter(one -> one.database().isEmpty()).toList();
        List<Contestant> issuing =
                contestants.stream().filter(one -> !one.database().isEmpty()).toList();
        Chart chart = new Chart();
        chart.panel("CPU-seconds for 100,000 requests (less is better)", calls, Round::cpu, "%.2f");
        chart.panel("Requests per second (more is better)", calls, Chart::rate, "%,.0f");
        chart.panel("Tokens issued per second (more is better)", issuing, Chart::rate, "%,.0f");
        chart.y += ROW;
        chart.add("<text class=\"note\" x=\"8\" y=\"%d\">%s</text>\n", chart.y, escaped(note));
        int height = chart.y + 12;
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                                + " role=\"img\" aria-label=\"CPU and throughput of each contestant\">\n",
                        WIDTH,
                        height,
                        WIDTH,
                        height)
                + STYLE
                + chart.svg
                + "</svg>\n";
    }

    private static double rate(Round round) {
        return round.result().rate();
    }

    private void panel(String title, List<Contestant> contestants, ToDoubleFunction<Round> value, String format) {
        double largest = contestants.stream()
                .mapToDouble(contestant -> contestant.full().max(value))
                .max()
                .orElse(1);
        y += TITLE;
        add("<text class=\"title\" x=\"8\" y=\"%d\">%s</text>\n", y - 14, escaped(title));
        for (Contestant contestant : contestants) {
            Rounds rounds = contestant.full();
            int middle = y + BAR / 2;
            double end = at(rounds.max(value), largest);
            add(
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
                    NAMES - 8, middle + 5, escaped(contestant.name()));
            add(
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>\n",
                    contestant.isPeer() ? "peer" : "us", NAMES, y, at(rounds.median(value), largest) - NAMES, BAR);
            add(
                    "<line class=\"range\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>\n",
                    at(rounds.min(value), largest), middle, end, middle);
            add(
                    "<text x=\"%.1f\" y=\"%d\">%s</text>\n",
                    end + 8, middle + 5, String.format(Locale.ROOT, format, rounds.median(value)));
            y += ROW;
        }
    }

    private static double at(double value, double largest) {
        return NAMES + value / largest * (WIDTH - NAMES - FIGURE);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
