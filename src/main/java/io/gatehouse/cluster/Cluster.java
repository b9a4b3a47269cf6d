package io.gatehouse.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.cluster.port.ClusterKeys;
import io.gatehouse.cluster.port.Identity;
import io.gatehouse.cluster.port.MemberPort;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.ListenFailure;
import io.gatehouse.lookup.CredentialCache;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
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

/** This node's membership: the Hazelcast member in this process and the clustered Vert.x on it. */
public final class Cluster implements NodeDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final long POLL_MILLIS = 100;
    private static final int POLLS_BETWEEN_WARNINGS = 100;
    /** A node that does not answer a ping for so long is not waited for any more; the next message opens a new line. */
    private static final long PING_MILLIS = 2_000;

    private static final long PING_REPLY_MILLIS = 6_000;

    /**
     * A connection nobody answers within this is given up, and the next message tries anew: the network may be whole again
     * by then. What waits for one is asked again by its sender, so nothing else is tried meanwhile.
     */
    private static final int CONNECT_MILLIS = 2_000;

    private final ClusterConfig config;
    private final Protocol protocol;
    private final MemberProfile membership;
    private final String nodeId = UUID.randomUUID().toString();
    private volatile @Nullable HazelcastInstance hazelcast;
    private volatile @Nullable HealingClusterManager manager;

    private Cluster(ClusterConfig config, MemberProfile membership, Protocol protocol) {
        this.config = config;
        this.membership = membership;
        this.protocol = protocol;
    }

    /**
     * Prepares a member; it joins when Vert.x is built.
     *
     * @param membership what it is to the others
     */
    public static Cluster prepare(ClusterConfig config, MemberProfile membership) {
        return prepare(config, membership, Protocol.CURRENT);
    }

    static Cluster prepare(ClusterConfig config, MemberProfile membership, Protocol protocol) {
        return new Cluster(config, membership, protocol);
    }

    /** Joins the cluster, or forms one. Fails with a {@link ClusterException} when it is there but cannot be joined. */
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
        String host = config.enabled() ? config.bind().host() : "127.0.0.1";
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
            tryToListen(config.bind());
        }
        ClusterKeys keys = ClusterKeys.of(config);
        MemberPort port = config.enabled() ? MemberPort.guardedBy(keys.memberPort()) : MemberPort.closed();
        HazelcastInstance member = joined(port, HazelcastSettings.of(config, nodeId, membership, protocol));
        hazelcast = member;
        try {
            if (config.enabled()) {
                JoinCheck.check(config, member, port);
                protocol.check(member.getCluster().getMembers());
            }
            awaitData(member);
            return new Joined(member, keys.eventBus());
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
                    "the cluster did not let this node in within " + HazelcastSettings.JOIN_SECONDS
                            + " s: a member that cluster.members or cluster.kubernetes-service names may stand still",
                    e);
        }
    }

    /** Says in one line what Hazelcast would in forty. */
    private static void tryToListen(ListenAddress bind) {
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(new InetSocketAddress(bind.host(), bind.port()));
        } catch (IOException e) {
            throw new CompletionException(new ListenFailure("cluster.bind", bind, e));
        }
    }

    /** Everything shared rests with members that hold data; before the first there is nothing to take part in. */
    private static void awaitData(HazelcastInstance member) {
        for (int polls = 0; HealingClusterManager.isDataMissing(member); polls++) {
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
    public CredentialCache tokenCache(Vertx vertx) {
        return new HazelcastCredentialCache(vertx, hazelcast());
    }

    /**
     * Has the other members send to somebody else what is for any of those who listen to an address. Vert.x takes a listener
     * away there and here at once, and a message on its way meets nobody; this node still answers it.
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
        return nodes(member -> true);
    }

    @Override
    public List<String> issuers() {
        return nodes(member -> Boolean.parseBoolean(member.getAttribute(HazelcastSettings.ISSUER)));
    }

    private List<String> nodes(Predicate<Member> wanted) {
        return hazelcast().getCluster().getMembers().stream()
                .filter(wanted)
                .map(Cluster::nodeId)
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * Says that this node begins to listen, before it reads anything it will keep: until then nobody has to tell it what
     * becomes untrue.
     */
    public void begin() {
        StartedTask.say(hazelcast());
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
                                    public void onResponse(Boolean begun) {
                                        starting.complete(!begun);
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
        return member.getAttribute(HazelcastSettings.NODE_ID);
    }

    private HazelcastInstance hazelcast() {
        return Objects.requireNonNull(hazelcast, "not joined yet");
    }
}
