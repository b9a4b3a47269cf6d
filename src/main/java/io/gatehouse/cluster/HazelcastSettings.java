package io.gatehouse.cluster;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.CompactSerializationConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.PartitionGroupConfig.MemberGroupType;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import com.hazelcast.spi.partitiongroup.PartitionGroupMetaData;
import io.gatehouse.cluster.quota.NodeNames;
import io.gatehouse.cluster.quota.QuotaSettings;
import io.gatehouse.cluster.replay.ReplaySettings;
import io.gatehouse.cluster.session.SessionSettings;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ClusterTimings;
import java.time.Duration;

/** Configures Hazelcast. Each setting states its reason and its cost. */
final class HazelcastSettings {
    /** The map that holds the shared cache. */
    static final String CREDENTIALS_MAP = "gatehouse.credentials";

    /** The member attribute in which Vert.x keeps the node id. */
    static final String NODE_ID_ATTRIBUTE = NodeNames.ATTRIBUTE;
    /** The member attribute that holds the node's name for operators. Members of an older version do not have it. */
    static final String NAME_ATTRIBUTE = "gatehouse.name";
    /** The member attribute that states whether the node has the role token-issuer. */
    static final String ISSUER_ATTRIBUTE = "gatehouse.issuer";

    static final String HEARTBEAT_PERIOD_PROPERTY = "hazelcast.heartbeat.interval.seconds";

    static final String HEARTBEAT_TIMEOUT_PROPERTY = "hazelcast.max.no.heartbeat.seconds";
    static final String JOIN_TIMEOUT_PROPERTY = "hazelcast.max.join.seconds";
    static final String LEAVE_TIMEOUT_PROPERTY = "hazelcast.graceful.shutdown.max.wait";

    private static final int MERGE_BATCH = 100;

    /** Hazelcast reads this property of the JVM once, when its eviction loads. */
    private static final String SAMPLES = "hazelcast.map.eviction.sample.count";

    static {
        // A full map removes, for each new entry, the least recently used one of a random sample. A sample of 15 (the
        // default) costs a sixth of the CPU of an issued token.
        if (System.getProperty(SAMPLES) == null) {
            System.setProperty(SAMPLES, "5");
        }
    }

    private HazelcastSettings() {}

    static Config of(ClusterConfig cluster, String nodeId, MemberProfile profile, Protocol protocol) {
        Config config = new Config();
        declareForVertx(config);
        // Hazelcast logs the name in every line, so it holds no secret. MemberPort admits members.
        config.setClusterName(cluster.name());
        config.setLiteMember(!profile.holdsData());
        config.getMemberAttributeConfig().setAttribute(NODE_ID_ATTRIBUTE, nodeId);
        config.getMemberAttributeConfig().setAttribute(NAME_ATTRIBUTE, profile.name());
        config.getMemberAttributeConfig().setAttribute(ISSUER_ATTRIBUTE, String.valueOf(profile.issuesTokens()));
        protocol.announce(config.getMemberAttributeConfig());
        placeBackups(config, cluster.zone() == null ? nodeId : "zone " + cluster.zone());
        // The node shuts its parts down in an order of its own.
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        set(config, LEAVE_TIMEOUT_PROPERTY, ClusterTimings.LEAVE_TIMEOUT);
        // Partitioned clusters look for each other every 5 s from the start (default: every 2 min after 5 min).
        config.setProperty("hazelcast.merge.first.run.delay.seconds", "5");
        config.setProperty("hazelcast.merge.next.run.delay.seconds", "5");
        // A call to a map that no member holds fails after about 9 s (default: 2 min). The registrations of a member
        // that left are removed one after the other, each with such a call.
        config.setProperty("hazelcast.invocation.max.retry.count", "30");
        // Few partitions for few members: each is copied and moved on its own. Members with another count cannot join.
        config.setProperty("hazelcast.partition.count", "61");
        // Backups are compared with their primaries every second (default: 30 s). After a merge, a member (5.3.8) keeps
        // its old replica versions and acknowledges no newer backup, so writers wait (ADR 10). Costs about 60 small
        // messages per second in the whole cluster.
        config.setProperty("hazelcast.partition.backup.sync.interval", "1");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        // Nothing reads them. A thread would collect them every 5 s.
        config.getMetricsConfig().setEnabled(false);
        config.setProperty("hazelcast.socket.bind.any", "false");
        // By default, Hazelcast ignores the IPv6 addresses of a machine and finds no interface for cluster.bind.
        config.setProperty(
                "hazelcast.prefer.ipv4.stack",
                String.valueOf(BindAddress.of(cluster.bind()).indexOf(':') < 0));
        config.setProperty("hazelcast.wait.seconds.before.join", waitForNames(cluster));
        // How long a start waits for a member that accepts connections and does not respond, such as a paused process.
        set(config, JOIN_TIMEOUT_PROPERTY, ClusterTimings.JOIN_TIMEOUT);
        // Detects a crashed process after 10 s (default: 60 s). Costs a heartbeat every 2 s.
        set(config, HEARTBEAT_PERIOD_PROPERTY, ClusterTimings.HEARTBEAT_PERIOD);
        set(config, HEARTBEAT_TIMEOUT_PROPERTY, ClusterTimings.HEARTBEAT_TIMEOUT);
        network(config.getAdvancedNetworkConfig(), cluster);
        config.addMapConfig(credentials(profile.maxTokens()));
        config.getSerializationConfig().setJavaSerializationFilterConfig(failuresOnly());
        CompactSerializationConfig compact = config.getSerializationConfig().getCompactSerializationConfig();
        compact.addSerializer(new SharedEntry.Serializer())
                .addSerializer(new PutCredential.Serializer())
                .addSerializer(new CredentialPredicate.Serializer())
                .addSerializer(new StartedTask.Serializer());
        CredentialSerializers.all().forEach(compact::addSerializer);
        QuotaSettings.apply(config);
        SessionSettings.apply(config);
        ReplaySettings.apply(config);
        return config;
    }

    /**
     * Places each backup on a member of another group. A member without a zone is a group of its own. Members with another kind
     * of groups cannot join, so the kind does not depend on the configuration. With one group, Hazelcast divides it.
     *
     * <p><i>Why placement</i>: DNS discovery replaces the attributes of the kinds "zone" and "node" by "unknown" (5.7.0).
     */
    private static void placeBackups(Config config, String group) {
        config.getPartitionGroupConfig().setEnabled(true).setGroupType(MemberGroupType.PLACEMENT_AWARE);
        config.getMemberAttributeConfig().setAttribute(PartitionGroupMetaData.PARTITION_GROUP_PLACEMENT, group);
    }

    private static void set(Config config, String property, Duration value) {
        config.setProperty(property, String.valueOf(value.toSeconds()));
    }

    /** Declares the maps of Vert.x's cluster manager, as its default-cluster.xml does for an older Hazelcast. */
    private static void declareForVertx(Config config) {
        config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
                .setBackupCount(1)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
        config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
        config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
    }

    /**
     * Limits Java serialization between members to failures of operations. Gatehouse's types use Compact serialization, and
     * those of Vert.x and Hazelcast have serializers of their own.
     */
    private static JavaSerializationFilterConfig failuresOnly() {
        JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig().setDefaultsDisabled(true);
        filter.getWhitelist()
                .addPackages("java.lang")
                .addPrefixes("com.hazelcast.")
                .addClasses(
                        "[Ljava.lang.StackTraceElement;",
                        "[Ljava.lang.Object;",
                        "java.io.EOFException",
                        "java.io.IOException",
                        "java.util.ArrayList",
                        "java.util.Collections$EmptyList",
                        "java.util.Collections$UnmodifiableCollection",
                        "java.util.Collections$UnmodifiableList",
                        "java.util.Collections$UnmodifiableRandomAccessList",
                        "java.util.NoSuchElementException",
                        "java.util.concurrent.CancellationException",
                        "java.util.concurrent.CompletionException",
                        "java.util.concurrent.ExecutionException",
                        "java.util.concurrent.RejectedExecutionException",
                        "java.util.concurrent.TimeoutException");
        filter.getBlacklist().addPrefixes("com.hazelcast.shaded.", "com.hazelcast.jet.");
        return filter;
    }

    /**
     * How many seconds a start waits for a DNS lookup of the members. Hazelcast does the lookup within this time only, and the
     * record of a new pod appears late. Members that are listed need no lookup.
     */
    private static String waitForNames(ClusterConfig cluster) {
        return cluster.enabled() && cluster.kubernetesService() != null ? "5" : "0";
    }

    /**
     * Configures a port for members only, which Hazelcast calls an advanced network.
     *
     * <p><i>Why</i>: at a port for members, clients and REST, the thread that writes to several members spins on a new
     * connection until the peer has sent its protocol. A paused process sends none, so heartbeats to the other members stop as
     * well (5.3.8 and later).
     */
    private static void network(AdvancedNetworkConfig network, ClusterConfig cluster) {
        network.setEnabled(true);
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        ServerSocketEndpointConfig members = new ServerSocketEndpointConfig().setPortAutoIncrement(false);
        network.setMemberEndpointConfig(members);
        if (!cluster.enabled()) {
            // A node without a cluster joins no members, and MemberPort opens no port for it.
            join.getTcpIpConfig().setEnabled(false);
            return;
        }
        members.getInterfaces().setEnabled(true).addInterface(BindAddress.of(cluster.bind()));
        members.setPort(cluster.bind().port());
        if (cluster.kubernetesService() != null) {
            join.getKubernetesConfig()
                    .setEnabled(true)
                    .setProperty("service-dns", cluster.kubernetesService())
                    .setProperty("service-port", String.valueOf(cluster.bind().port()));
        } else {
            join.getTcpIpConfig().setEnabled(true).setMembers(cluster.members());
        }
    }

    private static MapConfig credentials(int maxTokens) {
        return new MapConfig(CREDENTIALS_MAP)
                // One backup on another member: no entry whose put has ended is lost with a crashed node. Doubles the
                // memory.
                .setBackupCount(1)
                .setInMemoryFormat(InMemoryFormat.BINARY)
                // A partition that merges into another drops its entries: their credentials may be revoked.
                .setMergePolicyConfig(new MergePolicyConfig(DiscardMergePolicy.class.getName(), MERGE_BATCH))
                // A full map evicts the least recently used entry. The next lookup reads it from PostgreSQL.
                .setEvictionConfig(new EvictionConfig()
                        .setEvictionPolicy(EvictionPolicy.LRU)
                        .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
                        .setSize(maxTokens));
    }
}
