package io.gatehouse.quota;

import java.util.List;

/**
 * States whether all limits allowed a unit.
 *
 * @param usages in the order of the limits
 * @param atMillis the time of the windows, since the epoch
 */
public record Verdict(boolean isAllowed, List<Usage> usages, long atMillis) {

    /**
     * Describes the window of one limit.
     *
     * @param remaining units that this node may still use for certain, after the taken one. Leases of other nodes are not included
     * @param resetMillis until the window ends
     */
    public record Usage(Limit limit, long remaining, long resetMillis) {}
}
