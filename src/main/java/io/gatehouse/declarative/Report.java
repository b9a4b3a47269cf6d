package io.gatehouse.declarative;

import java.util.List;

/**
 * Reports the changes of an import or a dry run.
 *
 * @param changes one line for each change, in order
 * @param unchanged number of entities without changes
 */
public record Report(List<String> changes, int unchanged) {
    private long count(String what) {
        return changes.stream().filter(line -> line.startsWith(what)).count();
    }

    /** Returns the totals in one line. */
    public String summary() {
        return "created " + count("created") + ", updated " + count("updated") + ", deleted " + count("deleted")
                + ", unchanged " + unchanged;
    }
}
