package io.gatehouse.cluster;

import static io.gatehouse.testing.Gatehouse.await;

import io.gatehouse.bus.RecordCodec;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.Role;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.Set;

/** A member with an event bus and a role, without a node: it has no handlers. */
final class BareMember implements AutoCloseable {
    final Cluster cluster;
    final Vertx vertx;

    BareMember(ClusterConfig config, Role role) {
        cluster = Cluster.prepare(config, new MemberProfile("node", Set.of(role), 1_000));
        vertx = await(cluster.join(Vertx.builder(), new VertxOptions()));
        RecordCodec.register(vertx);
    }

    String nodeId() {
        return cluster.nodeId();
    }

    @Override
    public void close() {
        await(vertx.close());
        cluster.leave();
    }
}
