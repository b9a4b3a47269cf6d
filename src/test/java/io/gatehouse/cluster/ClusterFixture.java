package io.gatehouse.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.cluster.port.ClusterKeys;
import io.gatehouse.cluster.port.MemberPort;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.Role;
import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Configures nodes of one cluster on loopback. */
final class ClusterFixture {
    private static final PostgresConfig NONE = new PostgresConfig(null, null, null, 1);

    private ClusterFixture() {}

    static ListenAddress freeAddress() {
        return new ListenAddress("127.0.0.1", FreePort.next());
    }

    static ClusterConfig cluster(String name, ListenAddress bind, ListenAddress seed, @Nullable String secret) {
        return new ClusterConfig(true, name, bind, List.of(seed.toString()), null, secret);
    }

    /** Returns the parameters of a token request with the credential of a client. */
    static Map<String, String> asClient(JsonObject credential, String... namesAndValues) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("client_id", credential.getString("client_id"));
        parameters.put("client_secret", credential.getString("client_secret"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return parameters;
    }

    /** A Hazelcast member without a node, behind a guarded port. */
    static HazelcastInstance member(ClusterConfig cluster, String nodeId) {
        return start(
                cluster,
                HazelcastSettings.of(
                        cluster,
                        nodeId,
                        new MemberProfile("node", EnumSet.allOf(Role.class), 1_000),
                        Protocol.CURRENT));
    }

    static HazelcastInstance start(ClusterConfig cluster, Config settings) {
        return MemberPort.guardedBy(ClusterKeys.of(cluster).memberPort()).start(settings);
    }

    /** A proxy without a database. */
    static GatehouseConfig proxy(ClusterConfig cluster, Duration maxStale) {
        return withMaxStale(Gatehouse.config(Set.of(Role.PROXY), NONE, List.of(), cluster), maxStale);
    }

    static GatehouseConfig withMaxStale(GatehouseConfig config, Duration maxStale) {
        return config.withToken(config.token().withMaxStale(maxStale));
    }
}
