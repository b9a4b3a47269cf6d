package io.gatehouse.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.cluster.port.ClusterKeys;
import io.gatehouse.cluster.port.Identity;
import io.gatehouse.cluster.port.MemberPort;
import io.gatehouse.cluster.quota.HazelcastLeaseStore;
import io.gatehouse.cluster.replay.HazelcastUsedProofs;
import io.gatehouse.cluster.session.HazelcastSessionStore;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.quota.LeaseStore;
import io.gatehouse.replay.UsedProofs;
import io.gatehouse.session.SessionStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins and leaves the cluster: runs this process's Hazelcast member and the clustered Vert.x on it. */
public final class Cluster implements NodeDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final Duration WARNING_PERIOD = Duration.ofSeconds(10);
    /** How often the event bus sends a ping over each of its connections. */
    private static final long PING_MILLIS = 2_000;
    /** After this long without a pong, the connection is closed. The next message opens another. */
    private static final long PING_REPLY_MILLIS = 6_000;
    /** How long the event bus tries to connect. Senders repeat their messages, so a later message tries again. */
    private static final int CONNECT_MILLIS = 2_000;

    private final ClusterConfig config;
    private final Protocol protocol;
    private final MemberProfile profile;
    private final String nodeId = UUID.randomUUID().toString();
    private volatile @Nullable HazelcastInstance hazelcast;
    private volatile @Nullable HealingClusterManager manager;
    private volatile @Nullable ClusterKeys keys;

    private Cluster(ClusterConfig config, MemberProfile profile, Protocol protocol) {
        this.config = config;
        this.profile = profile;
        this.protocol = protocol;
    }

    /** Prepares a member. {@link #join} starts it. */
    public static Cluster prepare(ClusterConfig config, MemberProfile profile) {
        return prepare(config, profile, Protocol.CURRENT);
    }

    static Cluster prepare(ClusterConfig config, MemberProfile profile, Protocol protocol) {
        return new Cluster(config, profile, protocol);
    }

    /** Joins the cluster, or forms one. Fails with a {@link ClusterException} if it cannot join the one that exists. */
    public Future<Vertx> join(VertxBuilder builder, VertxOptions options) {
        CompletableFuture<Joined> joined =
                CompletableFuture.supplyAsync(this::start, joining -> new Thread(joining, "gatehouse-join").start());
        return Future.fromCompletionStage(joined)
                .recover(failure -> Future.failedFuture(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure))
                .compose(node -> {
                    HealingClusterManager manager = new HealingClusterManager(node.member());
                    this.manager = manager;
                    return builder.with(options.setEventBusOptions(eventBus(node.eventBus())))
                            .withClusterManager(manager)
                            .buildClustered()
                            .onSuccess(manager::watch)
                            .onFailure(failure ->
                                    node.member().getLifecycleService().terminate());
                });
    }

    private EventBusOptions eventBus(Identity identity) {
        String host = config.enabled() ? BindAddress.of(config.bind()) : "127.0.0.1";
        EventBusOptions options = new EventBusOptions()
                .setHost(host)
                .setClusterPublicHost(host)
                .setConnectTimeout(CONNECT_MILLIS)
                .setClusterPingInterval(PING_MILLIS)
                .setClusterPingReplyInterval(PING_REPLY_MILLIS);
        EventBusTls.secure(options, identity);
        return options;
    }

    private record Joined(HazelcastInstance member, Identity eventBus) {}

    private Joined start() {
        if (config.enabled()) {
            BindAddress.check(config.bind());
        }
        ClusterKeys derived = ClusterKeys.of(config);
        MemberPort port = config.enabled() ? MemberPort.guardedBy(derived.memberPort()) : MemberPort.closed();
        HazelcastInstance member = joined(port, HazelcastSettings.of(config, nodeId, profile, protocol));
        hazelcast = member;
        keys = derived;
        try {
            if (config.enabled()) {
                JoinCheck.check(config, member, port);
                protocol.check(member.getCluster().getMembers());
            }
            awaitData(member);
            return new Joined(member, derived.eventBus());
        } catch (RuntimeException e) {
            member.getLifecycleService().terminate();
            throw e;
        }
    }

    private static HazelcastInstance joined(MemberPort port, Config settings) {
        try {
            return port.start(settings);
        } catch (IllegalStateException e) {
            throw new ClusterException(
                    "could not join the cluster within " + ClusterTimings.JOIN_TIMEOUT.toSeconds()
                            + " s: a member that cluster.members or cluster.kubernetes-service names may be unresponsive",
                    e);
        }
    }

    /** Waits for a member that holds data: the shared maps exist on those members only. */
    private static void awaitData(HazelcastInstance member) {
        try (MemberWait data = new MemberWait(member, hazelcast -> !HealingClusterManager.isDataMissing(hazelcast))) {
            Duration wait = Duration.ZERO;
            while (!data.await(wait)) {
                LOG.warn("Waiting for a token-issuer or admin node to join");
                wait = WARNING_PERIOD;
            }
        }
    }

    /** The cache that the members share. */
    public CredentialCache tokenCache(Vertx vertx) {
        return new HazelcastCredentialCache(vertx, hazelcast());
    }

    /** The counters that the members share. */
    public LeaseStore leaseStore() {
        return new HazelcastLeaseStore(hazelcast());
    }

    /** The browser sessions that the members share. */
    public SessionStore sessions(Vertx vertx) {
        return HazelcastSessionStore.ofSessions(vertx, hazelcast());
    }

    /** The ends of sessions that OpenID providers order, which the members share. */
    public SessionStore sessionEnds(Vertx vertx) {
        return HazelcastSessionStore.ofEnds(vertx, hazelcast());
    }

    /** The used proofs that the members share. */
    public UsedProofs usedProofs(Vertx vertx) {
        return new HazelcastUsedProofs(vertx, hazelcast());
    }

    /** The keys that the members derive. */
    public ClusterKeys keys() {
        return Objects.requireNonNull(keys, "not joined yet");
    }

    /**
     * Deregisters this node's handlers of some addresses from the cluster, so that the other members send to other nodes.
     *
     * <p><i>Why</i>: Vert.x deregisters a handler in the cluster and locally at once, which loses messages in flight. After
     * this call, the node still handles them.
     */
    public Future<Void> withdraw(List<String> addresses) {
        HealingClusterManager registry = Objects.requireNonNull(manager, "not joined yet");
        return Future.all(addresses.stream()
                        .map(address -> withdraw(registry, address))
                        .toList())
                .mapEmpty();
    }

    private Future<Void> withdraw(HealingClusterManager registry, String address) {
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

    /** Leaves once other members have this one's partitions, or after {@link ClusterTimings#LEAVE_TIMEOUT}. Blocks. */
    public void leave() {
        HazelcastInstance member = hazelcast;
        // A member that has ended itself has left.
        if (member != null && member.getLifecycleService().isRunning()) {
            HazelcastLeaseStore.giveNotice(member);
            HealingClusterManager.announceLeave(member, nodeId);
            member.getLifecycleService().shutdown();
        }
    }

    @Override
    public String nodeId() {
        return nodeId;
    }

    @Override
    public String label(String node) {
        return MemberLabel.of(hazelcast(), node);
    }

    @Override
    public List<String> nodes() {
        return nodes(member -> true);
    }

    @Override
    public List<String> issuers() {
        return nodes(member -> Boolean.parseBoolean(member.getAttribute(HazelcastSettings.ISSUER_ATTRIBUTE)));
    }

    private List<String> nodes(Predicate<Member> wanted) {
        return hazelcast().getCluster().getMembers().stream()
                .filter(wanted)
                .map(Cluster::nodeId)
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * Marks this node as started. From now on it needs every invalidation.
     *
     * <p><i>Invariant</i>: called before the node registers its handlers, which it does before it reads any data (ADR 9).
     */
    public void markStarted() {
        StartedTask.markStarted(hazelcast());
    }

    @Override
    public CompletionStage<Boolean> isStarting(String node) {
        CompletableFuture<Boolean> starting = new CompletableFuture<>();
        hazelcast().getCluster().getMembers().stream()
                .filter(member -> node.equals(nodeId(member)))
                .findFirst()
                .ifPresentOrElse(
                        member -> hazelcast()
                                .getExecutorService(StartedTask.NAME)
                                .submitToMember(new StartedTask(), member, new ExecutionCallback<>() {
                                    @Override
                                    public void onResponse(Boolean started) {
                                        starting.complete(!started);
                                    }

                                    @Override
                                    public void onFailure(Throwable failure) {
                                        starting.complete(false);
                                    }
                                }),
                        () -> starting.complete(false));
        return starting;
    }

    static @Nullable String nodeId(Member member) {
        return member.getAttribute(HazelcastSettings.NODE_ID_ATTRIBUTE);
    }

    private HazelcastInstance hazelcast() {
        return Objects.requireNonNull(hazelcast, "not joined yet");
    }
}
