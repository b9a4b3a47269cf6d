package io.gatehouse.declarative;

import java.util.List;

/**
 * What an import did, or would do.
 *
 * @param changes one line each, in order
 * @param unchanged how many entities were as wanted already
 */
public record Report(List<String> changes, int unchanged) {
    private long count(String what) {
        return changes.stream().filter(line -> line.startsWith(what)).count();
    }

    /** The totals in one line. */
    public String summary() {
        return "created " + count("created") + ", updated " + count("updated") + ", deleted " + count("deleted")
                + ", unchanged " + unchanged;
    }
}
