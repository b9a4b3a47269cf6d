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
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import io.gatehouse.config.ClusterConfig;

/** Everything set on Hazelcast, with what each costs. */
final class HazelcastSettings {
    static final String TOKENS = "gatehouse.tokens";
    /** What Vert.x calls a member's name. */
    static final String NODE_ID = "__vertx.nodeId";

    /** Whether a member issues and looks up tokens. */
    static final String ISSUER = "gatehouse.issuer";

    static final int JOIN_SECONDS = 60;

    private static final int MERGE_BATCH = 100;

    private HazelcastSettings() {}

    static Config of(ClusterConfig cluster, String nodeId, MemberProfile membership, Protocol protocol) {
        Config config = new Config();
        declareForVertx(config);
        // In every line of Hazelcast's log, so nothing that is secret. MemberPort decides who joins.
        config.setClusterName(cluster.name());
        config.setLiteMember(!membership.holdsData());
        config.getMemberAttributeConfig().setAttribute(NODE_ID, nodeId);
        config.getMemberAttributeConfig().setAttribute(ISSUER, String.valueOf(membership.issuesTokens()));
        protocol.announce(config.getMemberAttributeConfig());
        // The process ends in an order of its own.
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        // So long a leaving member waits until what it holds is with others.
        config.setProperty("hazelcast.graceful.shutdown.max.wait", "10");
        // Two halves look for each other from the start and all the time, not after five minutes and every two.
        config.setProperty("hazelcast.merge.first.run.delay.seconds", "5");
        config.setProperty("hazelcast.merge.next.run.delay.seconds", "5");
        // Some nine seconds instead of two minutes for a question to a map whose holders are gone: what is cleared away
        // after a member that left, one after the other, is not to be that late.
        config.setProperty("hazelcast.invocation.max.retry.count", "30");
        // Few, for few members: each is asked, copied and moved by itself. Who has another number is refused.
        config.setProperty("hazelcast.partition.count", "61");
        // Each second the copies are compared with what they are of, and put right, not every thirty: a member that
        // merges keeps its count of what it copied before, takes lower ones for old news and confirms none (5.3.8), and
        // so whoever writes waits (ADR 10). Costs some 60 small messages a second in all.
        config.setProperty("hazelcast.partition.backup.sync.interval", "1");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.wait.seconds.before.join", waitForNames(cluster));
        // So long a start waits for a member that takes connections and says nothing, such as a process that stands
        // still.
        config.setProperty("hazelcast.max.join.seconds", String.valueOf(JOIN_SECONDS));
        // A stopped process is noticed after ten seconds instead of a minute; costs a heartbeat every two.
        config.setProperty("hazelcast.heartbeat.interval.seconds", "2");
        config.setProperty("hazelcast.max.no.heartbeat.seconds", "10");
        network(config.getAdvancedNetworkConfig(), cluster);
        config.addMapConfig(tokens(membership.maxTokens()));
        config.getSerializationConfig().setJavaSerializationFilterConfig(failuresOnly());
        CompactSerializationConfig compact = config.getSerializationConfig().getCompactSerializationConfig();
        compact.addSerializer(new SharedEntry.Serializer())
                .addSerializer(new PutCredential.Serializer())
                .addSerializer(new CredentialPredicate.Serializer())
                .addSerializer(new StartedTask.Serializer());
        CredentialSerializers.all().forEach(compact::addSerializer);
        return config;
    }

    /** The maps that Vert.x's cluster manager uses, as its default-cluster.xml declares them for an older Hazelcast. */
    private static void declareForVertx(Config config) {
        config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
                .setBackupCount(1)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
        config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
        config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
    }

    /**
     * What Java serialization may carry between members: failures of operations, and nothing else. Everything of ours is
     * Compact, everything of Vert.x and Hazelcast has a serializer of its own.
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
     * How many seconds a start waits for others to be found. Members that are named need no search. A lookup in DNS
     * takes place only within this time, and a new pod's record takes a moment to appear.
     */
    private static String waitForNames(ClusterConfig cluster) {
        return cluster.enabled() && cluster.kubernetesService() != null ? "5" : "0";
    }

    /**
     * A port for members only, which is what Hazelcast calls advanced. At a port for everything (clients, REST) the thread
     * that writes to several members, heartbeats among it, goes round and round with what is for one of them until that one
     * has said what it is; a process that stands still does not, and then the others lose each other too (5.3.8, and later
     * ones).
     */
    private static void network(AdvancedNetworkConfig network, ClusterConfig cluster) {
        network.setEnabled(true);
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        ServerSocketEndpointConfig members = new ServerSocketEndpointConfig().setPortAutoIncrement(false);
        network.setMemberEndpointConfig(members);
        if (!cluster.enabled()) {
            // A cluster of one joins no others, and MemberPort opens no port for it.
            join.getTcpIpConfig().setEnabled(false);
            return;
        }
        members.getInterfaces().setEnabled(true).addInterface(cluster.bind().host());
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

    private static MapConfig tokens(int maxTokens) {
        return new MapConfig(TOKENS)
                // One copy elsewhere: a node that dies takes no token with it; doubles the memory.
                .setBackupCount(1)
                .setInMemoryFormat(InMemoryFormat.BINARY)
                // The half that joins the other brings nothing: what it remembers may be revoked.
                .setMergePolicyConfig(new MergePolicyConfig(DiscardMergePolicy.class.getName(), MERGE_BATCH))
                // Full: the token unused longest goes, and is read from PostgreSQL when it is needed again.
                .setEvictionConfig(new EvictionConfig()
                        .setEvictionPolicy(EvictionPolicy.LRU)
                        .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
                        .setSize(maxTokens));
    }
}
