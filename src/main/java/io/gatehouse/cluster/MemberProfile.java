package io.gatehouse.cluster;

import io.gatehouse.config.Role;
import java.util.Set;

/**
 * What a member is to the others.
 *
 * @param roles told to all. A member none of whose roles has a database keeps nothing of the shared maps (a lite member), so
 *     that it comes and goes without anything being moved; it needs another member that does
 * @param maxTokens kept for all; beyond them, those unused longest are forgotten; their backups, on another member, come on
 *     top
 */
public record MemberProfile(Set<Role> roles, int maxTokens) {
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
