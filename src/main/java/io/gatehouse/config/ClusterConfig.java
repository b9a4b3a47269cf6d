package io.gatehouse.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How this node finds the others.
 *
 * @param enabled false: a cluster of one, which opens no port of Hazelcast's
 * @param name members join only a cluster of the same name
 * @param bind where Hazelcast listens
 * @param members addresses of other nodes
 * @param kubernetesService DNS name of a headless Service whose pods are the members
 * @param secret what members need to know to join each other, or null
 */
public record ClusterConfig(
        boolean enabled,
        String name,
        ListenAddress bind,
        List<String> members,
        @Nullable String kubernetesService,
        @Nullable String secret) {
    public ClusterConfig {
        members = List.copyOf(members);
        if (name.isBlank()) {
            throw new IllegalArgumentException("cluster.name must not be blank");
        }
    }

    /** Without a secret. */
    public ClusterConfig(
            boolean enabled,
            String name,
            ListenAddress bind,
            List<String> members,
            @Nullable String kubernetesService) {
        this(enabled, name, bind, members, kubernetesService, null);
    }

    @Override
    public String toString() {
        return "ClusterConfig[enabled=" + enabled + ", name=" + name + ", bind=" + bind + ", members=" + members
                + ", kubernetesService=" + kubernetesService + "]";
    }
}
