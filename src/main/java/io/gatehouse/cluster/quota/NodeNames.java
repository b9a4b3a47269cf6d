package io.gatehouse.cluster.quota;

import com.hazelcast.cluster.Member;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** Returns the node ids of members. A node keeps its id when it merges into another cluster, unlike its member id. */
public final class NodeNames {
    /** The member attribute in which Vert.x keeps the node id. */
    public static final String ATTRIBUTE = "__vertx.nodeId";

    private NodeNames() {}

    static String of(Member member) {
        String node = member.getAttribute(ATTRIBUTE);
        return node == null ? member.getUuid().toString() : node;
    }

    /** Returns the ids in the order of the member list, which is that of joining. */
    static Set<String> of(Collection<Member> members) {
        Set<String> nodes = new LinkedHashSet<>();
        members.forEach(member -> nodes.add(of(member)));
        return nodes;
    }
}
