package io.gatehouse.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.MemberAttributeConfig;
import java.util.Collection;
import java.util.Map;

/**
 * Numbers the format of messages and shared entries. The version is raised by a change that an older node cannot read. A new
 * field is no such change: older nodes ignore it.
 *
 * @param version that this node writes
 * @param oldest that it reads as well, so that a cluster can be upgraded node by node
 */
record Protocol(int version, int oldest) {
    static final Protocol CURRENT = new Protocol(1, 1);

    private static final String VERSION = "gatehouse.protocol";
    private static final String OLDEST = "gatehouse.protocol.oldest";

    /** Adds the version to the member's attributes, which members exchange when they join. */
    void announce(MemberAttributeConfig attributes) {
        attributes.setAttribute(VERSION, String.valueOf(version));
        attributes.setAttribute(OLDEST, String.valueOf(oldest));
    }

    /** Throws a {@link ClusterException} if this node and a member cannot read each other's messages. */
    void check(Collection<Member> members) {
        for (Member member : members) {
            Map<String, String> attributes = member.getAttributes();
            int theirs = Integer.parseInt(attributes.getOrDefault(VERSION, "0"));
            int theirOldest = Integer.parseInt(attributes.getOrDefault(OLDEST, "0"));
            if (theirs < oldest || version < theirOldest) {
                throw new ClusterException("the node at " + member.getAddress().getHost() + " speaks protocol " + theirs
                        + " and this one " + version + ", which are not compatible:"
                        + " upgrade through a version between them, or stop all nodes first");
            }
        }
    }
}
