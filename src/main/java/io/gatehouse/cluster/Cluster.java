package io.gatehouse.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.token.TokenCache;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;

/** This node's membership: the Hazelcast member in this process and the clustered Vert.x on it. */
public final class Cluster implements NodeDirectory {
    private final HazelcastClusterManager manager;
    private final ClusterConfig config;

    private Cluster(HazelcastClusterManager manager, ClusterConfig config) {
        this.manager = manager;
        this.config = config;
    }

    /** Prepares a member; it joins when Vert.x is built. */
    public static Cluster prepare(ClusterConfig config) {
        return new Cluster(new HazelcastClusterManager(HazelcastSettings.of(config)), config);
    }

    /** Joins the cluster, or forms one. */
    public Future<Vertx> join(VertxBuilder builder, VertxOptions options) {
        String host = config.enabled() ? config.bind().host() : "127.0.0.1";
        options.setEventBusOptions(new EventBusOptions().setHost(host).setClusterPublicHost(host));
        return builder.with(options).withClusterManager(manager).buildClustered();
    }

    /** The cache shared with the other members. */
    public TokenCache tokenCache(Vertx vertx) {
        return new HazelcastTokenCache(vertx, hazelcast().getMap(HazelcastSettings.TOKENS));
    }

    @Override
    public String nodeId() {
        return manager.getNodeId();
    }

    @Override
    public List<String> nodes() {
        return manager.getNodes();
    }

    private HazelcastInstance hazelcast() {
        return manager.getHazelcastInstance();
    }
}
