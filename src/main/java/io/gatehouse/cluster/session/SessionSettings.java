package io.gatehouse.cluster.session;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MergePolicyConfig;

/** Configures Hazelcast for sessions. Each setting states its reason and its cost. */
public final class SessionSettings {
    static final String SESSIONS_MAP = "gatehouse.sessions";
    static final String ENDS_MAP = "gatehouse.session-ends";

    /** The part of the heap for the sessions on a member, with its backups of other members' sessions. */
    private static final int HEAP_SHARE = 16;

    private static final long MEBIBYTE = 1024 * 1024;
    /** The most ends on a member, without its backups. Each is signed by an OpenID provider. */
    private static final int MAX_ENDS = 100_000;
    /** Estimated memory of an end. */
    private static final int END_BYTES = 300;
    /** The part of the heap for ends. */
    private static final int ENDS_SHARE = 64;

    private static final int MERGE_BATCH = 100;

    private SessionSettings() {}

    public static void apply(Config config) {
        long heap = Runtime.getRuntime().maxMemory();
        config.addMapConfig(map(SESSIONS_MAP, MaxSizePolicy.USED_HEAP_SIZE, maxMebibytes(heap)));
        config.addMapConfig(map(ENDS_MAP, MaxSizePolicy.PER_NODE, maxEnds(heap)));
        config.getSerializationConfig().getCompactSerializationConfig().addSerializer(new SwapSession.Serializer());
    }

    /** Returns the memory of sessions on a member with this heap. */
    static int maxMebibytes(long heap) {
        return (int) Math.max(1, heap / HEAP_SHARE / MEBIBYTE);
    }

    /** Returns how many ends a member with this heap has. */
    static int maxEnds(long heap) {
        return (int) Math.max(1, Math.min(MAX_ENDS, heap / ENDS_SHARE / END_BYTES));
    }

    private static MapConfig map(String name, MaxSizePolicy policy, int size) {
        return new MapConfig(name)
                // One backup on another member: no session is lost with a crashed node. Doubles the memory.
                .setBackupCount(1)
                // The size in bytes is known for this format only.
                .setInMemoryFormat(InMemoryFormat.BINARY)
                .setMergePolicyConfig(new MergePolicyConfig(KeepLaterVersion.class.getName(), MERGE_BATCH))
                // A full map evicts the least recently used session, whose user signs in again.
                .setEvictionConfig(new EvictionConfig()
                        .setEvictionPolicy(EvictionPolicy.LRU)
                        .setMaxSizePolicy(policy)
                        .setSize(size));
    }
}
