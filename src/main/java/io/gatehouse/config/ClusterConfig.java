package io.gatehouse.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How this node finds the others.
 *
 * @param enabled false: a cluster of one, bound to loopback on any free port
 * @param name members join only a cluster of the same name
 * @param bind where Hazelcast listens
 * @param members addresses of other nodes
 * @param kubernetesService DNS name of a headless Service whose pods are the members
 */
public record ClusterConfig(
        boolean enabled,
        String name,
        ListenAddress bind,
        List<String> members,
        @Nullable String kubernetesService) {
    public ClusterConfig {
        members = List.copyOf(members);
        if (name.isBlank()) {
            throw new IllegalArgumentException("cluster.name must not be blank");
        }
    }
}
