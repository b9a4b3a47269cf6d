package io.gatehouse.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * The whole configuration of one node.
 *
 * @param roles what this node does, at least one
 * @param transport of every connection but the cluster's own
 * @param dataDir holds the embedded PostgreSQL and the self-signed certificate
 * @param drainDelay how long a stopping node keeps serving after it reported itself not ready
 * @param drainTimeout how long a stopping node waits for requests in flight
 */
public record GatehouseConfig(
        Set<Role> roles,
        ProxyConfig proxy,
        AdminConfig admin,
        StatusConfig status,
        PostgresConfig postgres,
        ClusterConfig cluster,
        TokenConfig token,
        LogConfig log,
        Transport transport,
        Path dataDir,
        Duration drainDelay,
        Duration drainTimeout) {

    public GatehouseConfig {
        roles = Set.copyOf(roles);
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("roles must name at least one of proxy, admin, token-issuer");
        }
    }

    /** Whether any role of this node reads PostgreSQL. */
    public boolean usesDatabase() {
        return roles.stream().anyMatch(Role::usesDatabase);
    }

    /** The same node with another database: the embedded one, once it listens. */
    public GatehouseConfig withPostgres(PostgresConfig newPostgres) {
        return new GatehouseConfig(
                roles,
                proxy,
                admin,
                status,
                newPostgres,
                cluster,
                token,
                log,
                transport,
                dataDir,
                drainDelay,
                drainTimeout);
    }
}
