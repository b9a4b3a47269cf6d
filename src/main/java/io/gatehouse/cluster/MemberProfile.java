package io.gatehouse.cluster;

import io.gatehouse.config.Role;
import java.util.Set;

/**
 * Describes a member to the cluster.
 *
 * @param name of the node for operators: host name and roles
 * @param roles of the node. If none of them uses the database, the member holds no partitions (a lite member), so that it joins
 *     and leaves without a migration of partitions. It needs another member that holds them
 * @param maxTokens the most entries of the shared cache on this member, without its backups of other members' entries. Beyond
 *     them, the least recently used are evicted
 */
public record MemberProfile(String name, Set<Role> roles, int maxTokens) {
    public MemberProfile {
        roles = Set.copyOf(roles);
    }

    boolean holdsData() {
        return roles.stream().anyMatch(Role::usesDatabase);
    }

    boolean issuesTokens() {
        return roles.contains(Role.TOKEN_ISSUER);
    }
}
