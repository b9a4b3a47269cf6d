package io.gatehouse.quota;

import java.util.List;

/**
 * Requests units of a counter and returns those of an earlier lease, in one message.
 *
 * <p><i>Invariant</i>: it can be executed twice. The store applies it once for each {@code generation} of a node.
 *
 * @param generation of the node's lease; the store increments it
 * @param returned units of this generation that the node has not used and will not use
 * @param wanted units that requests wait for; 0: none, the claim only returns units
 * @param received units that the node has received in this window. The next lease has at most as many, so a crashed node loses
 *     no more than it has used
 * @param limit of the window
 * @param releases of other nodes, which the node has collected
 */
public record Claim(long generation, long returned, long wanted, long received, long limit, List<Release> releases) {
    public Claim {
        releases = List.copyOf(releases);
    }
}
