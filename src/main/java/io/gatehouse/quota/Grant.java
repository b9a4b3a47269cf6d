package io.gatehouse.quota;

import java.util.List;

/**
 * Grants units of a counter to a node.
 *
 * @param generation of the node's new lease
 * @param granted the units of the lease
 * @param remaining units that no node has
 * @param holders if nothing is granted: the other nodes whose leases may have unused units
 */
public record Grant(long generation, long granted, long remaining, List<String> holders) {
    public Grant {
        holders = List.copyOf(holders);
    }
}
