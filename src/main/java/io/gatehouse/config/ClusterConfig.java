package io.gatehouse.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Configures how this node finds the other members.
 *
 * @param enabled false for a cluster of one node, which opens no Hazelcast port
 * @param name nodes join only a cluster of the same name
 * @param bind address of the Hazelcast listener
 * @param members addresses of other nodes
 * @param kubernetesService DNS name of a headless Service whose pods are the members
 * @param secret secret that all members share, or null
 * @param zone failure domain of this node, or null if it is one of its own
 */
public record ClusterConfig(
        boolean enabled,
        String name,
        ListenAddress bind,
        List<String> members,
        @Nullable String kubernetesService,
        @Nullable String secret,
        @Nullable String zone) {
    public ClusterConfig {
        members = List.copyOf(members);
        if (name.isBlank()) {
            throw new IllegalArgumentException("cluster.name must not be blank");
        }
    }

    /** Creates the configuration of a node without a zone. */
    public ClusterConfig(
            boolean enabled,
            String name,
            ListenAddress bind,
            List<String> members,
            @Nullable String kubernetesService,
            @Nullable String secret) {
        this(enabled, name, bind, members, kubernetesService, secret, null);
    }

    /** Returns the same configuration in another zone. */
    public ClusterConfig withZone(String newZone) {
        return new ClusterConfig(enabled, name, bind, members, kubernetesService, secret, newZone);
    }

    @Override
    public String toString() {
        return "ClusterConfig[enabled=" + enabled + ", name=" + name + ", bind=" + bind + ", members=" + members
                + ", kubernetesService=" + kubernetesService + ", zone=" + zone + "]";
    }
}
