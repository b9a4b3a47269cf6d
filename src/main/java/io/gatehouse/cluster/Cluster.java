package io.gatehouse.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.token.TokenCache;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's membership: the Hazelcast member in this process and the clustered Vert.x on it. */
public final class Cluster implements NodeDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final long POLL_MILLIS = 100;
    private static final int POLLS_BETWEEN_WARNINGS = 100;
    /** A node that does not answer a ping for so long is not waited for any more; the next message opens a new line. */
    private static final long PING_MILLIS = 2_000;

    private static final long PING_REPLY_MILLIS = 6_000;

    private final ClusterConfig config;
    private final Protocol protocol;
    private final Holding holding;
    private final String nodeId = UUID.randomUUID().toString();
    private volatile @Nullable HazelcastInstance hazelcast;
    private volatile @Nullable HazelcastClusterManager manager;

    private Cluster(ClusterConfig config, Holding holding, Protocol protocol) {
        this.config = config;
        this.holding = holding;
        this.protocol = protocol;
    }

    /**
     * Prepares a member; it joins when Vert.x is built.
     *
     * @param holding what it keeps of the shared maps
     */
    public static Cluster prepare(ClusterConfig config, Holding holding) {
        return prepare(config, holding, Protocol.CURRENT);
    }

    static Cluster prepare(ClusterConfig config, Holding holding, Protocol protocol) {
        return new Cluster(config, holding, protocol);
    }

    /** Joins the cluster, or forms one. Fails with a {@link ClusterException} when it is there but cannot be joined. */
    public Future<Vertx> join(VertxBuilder builder, VertxOptions options) {
        CompletableFuture<HazelcastInstance> joined =
                CompletableFuture.supplyAsync(this::start, joining -> new Thread(joining, "gatehouse-join").start());
        return Future.fromCompletionStage(joined)
                .recover(failure -> Future.failedFuture(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure))
                .compose(member -> {
                    HazelcastClusterManager manager = new HazelcastClusterManager(member);
                    this.manager = manager;
                    return builder.with(options.setEventBusOptions(eventBus()))
                            .withClusterManager(manager)
                            .buildClustered()
                            .onSuccess(vertx -> DataMembers.watch(member, manager, vertx))
                            .onFailure(failure -> member.getLifecycleService().terminate());
                });
    }

    private EventBusOptions eventBus() {
        String host = config.enabled() ? config.bind().host() : "127.0.0.1";
        EventBusOptions options = new EventBusOptions()
                .setHost(host)
                .setClusterPublicHost(host)
                .setClusterPingInterval(PING_MILLIS)
                .setClusterPingReplyInterval(PING_REPLY_MILLIS);
        if (config.enabled() && config.secret() != null) {
            new EventBusTls(config.secret()).secure(options);
        }
        return options;
    }

    private HazelcastInstance start() {
        HazelcastInstance member =
                Hazelcast.newHazelcastInstance(HazelcastSettings.of(config, nodeId, holding, protocol));
        hazelcast = member;
        try {
            if (config.enabled()) {
                Admission.check(config, member);
                protocol.check(member.getCluster().getMembers());
            }
            awaitData(member);
            return member;
        } catch (RuntimeException e) {
            member.getLifecycleService().terminate();
            throw e;
        }
    }

    /** Everything shared rests with members that hold data; before the first there is nothing to take part in. */
    private static void awaitData(HazelcastInstance member) {
        for (int polls = 0; DataMembers.areMissing(member); polls++) {
            if (polls % POLLS_BETWEEN_WARNINGS == 0) {
                LOG.warn("waiting for a token-issuer or admin node to join");
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ClusterException("stopped while waiting for a token-issuer or admin node", e);
            }
        }
    }

    /** The cache shared with the other members. */
    public TokenCache tokenCache(Vertx vertx) {
        return new HazelcastTokenCache(vertx, hazelcast());
    }

    /**
     * Has the other members send to somebody else what is for any of those who listen to an address. Vert.x takes a listener
     * away there and here at once, and a message on its way meets nobody; this node still answers it.
     */
    public Future<Void> withdraw(List<String> addresses) {
        HazelcastClusterManager registry = Objects.requireNonNull(manager, "not joined yet");
        return Future.all(addresses.stream()
                        .map(address -> withdraw(registry, address))
                        .toList())
                .mapEmpty();
    }

    private Future<Void> withdraw(HazelcastClusterManager registry, String address) {
        Promise<List<RegistrationInfo>> found = Promise.promise();
        registry.getRegistrations(address, found);
        return found.future()
                .compose(all -> Future.all(all.stream()
                        .filter(one -> one.nodeId().equals(nodeId))
                        .map(own -> {
                            Promise<Void> removed = Promise.promise();
                            registry.removeRegistration(address, own, removed);
                            return removed.future();
                        })
                        .toList()))
                .mapEmpty();
    }

    /** Leaves, once what this member holds is with others, or after ten seconds. Blocks. */
    public void leave() {
        HazelcastInstance member = hazelcast;
        if (member != null) {
            member.getLifecycleService().shutdown();
        }
    }

    @Override
    public String nodeId() {
        return nodeId;
    }

    @Override
    public List<String> nodes() {
        return hazelcast().getCluster().getMembers().stream()
                .map(Cluster::nodeId)
                .filter(Objects::nonNull)
                .toList();
    }

    static @Nullable String nodeId(Member member) {
        return member.getAttribute(HazelcastSettings.NODE_ID);
    }

    private HazelcastInstance hazelcast() {
        return Objects.requireNonNull(hazelcast, "not joined yet");
    }
}
