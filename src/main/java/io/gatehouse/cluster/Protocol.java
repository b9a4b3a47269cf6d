package io.gatehouse.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.MemberAttributeConfig;
import java.util.Collection;
import java.util.Map;

/**
 * What nodes say to each other, as a number: raised when messages or shared entries change so that an older node would
 * misunderstand them. Fields it does not know are no such change: they are passed over.
 *
 * @param version spoken by this node
 * @param oldest that it understands as well, so that a cluster can be upgraded node by node
 */
record Protocol(int version, int oldest) {
    static final Protocol CURRENT = new Protocol(1, 1);

    private static final String VERSION = "gatehouse.protocol";
    private static final String OLDEST = "gatehouse.protocol.oldest";

    /** Members tell each other before they exchange anything else. */
    void announce(MemberAttributeConfig attributes) {
        attributes.setAttribute(VERSION, String.valueOf(version));
        attributes.setAttribute(OLDEST, String.valueOf(oldest));
    }

    /** Throws a {@link ClusterException} when a member and this node would not understand each other. */
    void check(Collection<Member> members) {
        for (Member member : members) {
            Map<String, String> attributes = member.getAttributes();
            int theirs = Integer.parseInt(attributes.getOrDefault(VERSION, "0"));
            int theirOldest = Integer.parseInt(attributes.getOrDefault(OLDEST, "0"));
            if (theirs < oldest || version < theirOldest) {
                throw new ClusterException("the node at " + member.getAddress().getHost() + " speaks protocol " + theirs
                        + " and this one " + version + ", and neither understands the other:"
                        + " upgrade through a version between them, or stop all nodes first");
            }
        }
    }
}
