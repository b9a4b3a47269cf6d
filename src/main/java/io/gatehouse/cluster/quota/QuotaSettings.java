package io.gatehouse.cluster.quota;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.core.LifecycleListener;

/** Configures Hazelcast for the counters. Each setting states its reason and its cost. */
public final class QuotaSettings {
    static final String MAP = "gatehouse.counters";
    static final String EXECUTOR = "gatehouse.leases";

    /** The most counters on a member, without its backups of other members' counters. */
    private static final int MAX_COUNTERS = 100_000;
    /** The part of the heap for these counters, and as much again for backups. */
    private static final int HEAP_SHARE = 32;
    /** Estimated memory of a counter that three nodes have claimed. */
    private static final int COUNTER_BYTES = 600;
    /** The most tasks that wait on a member. A task takes microseconds. */
    private static final int MAX_TASKS = 10_000;

    private static final int MERGE_BATCH = 100;

    private QuotaSettings() {}

    /** Returns how many counters fit into a heap of that many bytes: clients decide how many there are. */
    static int maxCounters(long heapBytes) {
        return (int) Math.max(1, Math.min(MAX_COUNTERS, heapBytes / HEAP_SHARE / COUNTER_BYTES));
    }

    public static void apply(Config config) {
        Majority majority = new Majority(System::nanoTime);
        majority.addTo(config.getUserContext());
        config.addListenerConfig(new ListenerConfig(majority));
        LifecycleListener merges = event -> majority.merging(event.getState());
        config.addListenerConfig(new ListenerConfig(merges));
        config.addExecutorConfig(new ExecutorConfig(EXECUTOR, 1).setQueueCapacity(MAX_TASKS));
        config.addMapConfig(new MapConfig(MAP)
                // One backup on another member: no grant is lost with a crashed node. Doubles the memory.
                .setBackupCount(1)
                // Claims change the counter in place, so it is not serialized for each.
                .setInMemoryFormat(InMemoryFormat.OBJECT)
                .setMergePolicyConfig(new MergePolicyConfig(KeepLargerCounter.class.getName(), MERGE_BATCH))
                // A full map evicts the least recently used counter, which then starts again.
                .setEvictionConfig(new EvictionConfig()
                        .setEvictionPolicy(EvictionPolicy.LRU)
                        .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
                        .setSize(maxCounters(Runtime.getRuntime().maxMemory()))));
        QuotaSerializers.all().forEach(config.getSerializationConfig().getCompactSerializationConfig()::addSerializer);
    }
}
