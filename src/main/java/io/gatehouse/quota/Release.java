package io.gatehouse.quota;

/**
 * Ends the lease of a node that another node has recalled.
 *
 * @param generation of the lease; {@link #NO_LEASE}: the node has none, such as after its restart
 * @param returned the units that the node has not used
 */
public record Release(String node, long generation, long returned) {
    /** No lease has this generation. */
    public static final long NO_LEASE = 0;
}
