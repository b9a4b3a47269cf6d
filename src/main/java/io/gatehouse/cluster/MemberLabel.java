package io.gatehouse.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names a member for operators by host name, roles and node id, as {@code X-Gatehouse-Late-Nodes} does. A member of an older
 * version has its node id alone.
 */
final class MemberLabel {
    private static final Logger LOG = LoggerFactory.getLogger(MemberLabel.class);

    private MemberLabel() {}

    static String of(Member member) {
        String name = member.getAttribute(HazelcastSettings.NAME_ATTRIBUTE);
        String node = String.valueOf(Cluster.nodeId(member));
        return name == null ? node : name + "/" + node;
    }

    /** Returns the label of a node; its id if it is no member, or if this member has ended. */
    static String of(HazelcastInstance hazelcast, String node) {
        try {
            return hazelcast.getCluster().getMembers().stream()
                    .filter(member -> node.equals(Cluster.nodeId(member)))
                    .findFirst()
                    .map(MemberLabel::of)
                    .orElse(node);
        } catch (HazelcastInstanceNotActiveException e) {
            LOG.debug("This member has ended, so it lists no members", e);
            return node;
        }
    }
}
