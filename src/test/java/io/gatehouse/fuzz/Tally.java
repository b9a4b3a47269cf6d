package io.gatehouse.fuzz;

import java.util.Map;
import java.util.TreeMap;

/** How many messages of each mutation were sent, reached the upstream, and were refused with which status. */
final class Tally {
    private final Map<String, Row> rows = new TreeMap<>();
    private long sent;
    private long forwarded;

    private static final class Row {
        private long sent;
        private long forwarded;
        private final Map<Integer, Integer> statuses = new TreeMap<>();
    }

    private Row row(String mutation) {
        return rows.computeIfAbsent(mutation, name -> new Row());
    }

    synchronized void sent(String mutation) {
        sent++;
        row(mutation).sent++;
    }

    synchronized void forwarded(String mutation) {
        forwarded++;
        row(mutation).forwarded++;
    }

    /** The gateway's own response. */
    synchronized void refused(String mutation, int status) {
        row(mutation).statuses.merge(status, 1, Integer::sum);
    }

    synchronized long sent() {
        return sent;
    }

    synchronized int mutations() {
        return rows.size();
    }

    /** How often the mutation that was sent least was sent. */
    synchronized long rarest() {
        return rows.values().stream().mapToLong(row -> row.sent).min().orElse(0);
    }

    synchronized int forwardedPercent() {
        return sent == 0 ? 0 : (int) (100 * forwarded / sent);
    }

    synchronized String table() {
        StringBuilder table =
                new StringBuilder(String.format("%n  %-44s %8s %9s  refused", "mutation", "sent", "forwarded"));
        rows.forEach((name, row) ->
                table.append(String.format("%n  %-44s %8d %9d  %s", name, row.sent, row.forwarded, row.statuses)));
        return table.append(String.format("%n  %-44s %8d %9d  (%d %%)", "all", sent, forwarded, forwardedPercent()))
                .toString();
    }
}
