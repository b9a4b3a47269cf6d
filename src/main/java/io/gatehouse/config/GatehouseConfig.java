package io.gatehouse.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * Holds the whole configuration of one node.
 *
 * @param roles at least one
 * @param transport of every connection except Hazelcast's
 * @param dataDir holds the embedded PostgreSQL and the self-signed certificate
 * @param drainDelay how long a stopping node serves requests after it reports itself not ready
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

    /** Returns whether any role of this node uses PostgreSQL. */
    public boolean usesDatabase() {
        return roles.stream().anyMatch(Role::usesDatabase);
    }

    /** Returns the same configuration with other proxy listeners. */
    public GatehouseConfig withProxy(ProxyConfig newProxy) {
        return new GatehouseConfig(
                roles,
                newProxy,
                admin,
                status,
                postgres,
                cluster,
                token,
                log,
                transport,
                dataDir,
                drainDelay,
                drainTimeout);
    }

    /** Returns the same configuration with another status listener. */
    public GatehouseConfig withStatus(StatusConfig newStatus) {
        return new GatehouseConfig(
                roles,
                proxy,
                admin,
                newStatus,
                postgres,
                cluster,
                token,
                log,
                transport,
                dataDir,
                drainDelay,
                drainTimeout);
    }

    /** Returns the same configuration with another database, such as the embedded one after its start. */
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

    /** Returns the same configuration with other cache settings. */
    public GatehouseConfig withToken(TokenConfig newToken) {
        return new GatehouseConfig(
                roles,
                proxy,
                admin,
                status,
                postgres,
                cluster,
                newToken,
                log,
                transport,
                dataDir,
                drainDelay,
                drainTimeout);
    }

    /** Returns the same configuration with another log. */
    public GatehouseConfig withLog(LogConfig newLog) {
        return new GatehouseConfig(
                roles,
                proxy,
                admin,
                status,
                postgres,
                cluster,
                token,
                newLog,
                transport,
                dataDir,
                drainDelay,
                drainTimeout);
    }

    /** Returns the same configuration with another drain delay. */
    public GatehouseConfig withDrainDelay(Duration newDrainDelay) {
        return new GatehouseConfig(
                roles,
                proxy,
                admin,
                status,
                postgres,
                cluster,
                token,
                log,
                transport,
                dataDir,
                newDrainDelay,
                drainTimeout);
    }
}
