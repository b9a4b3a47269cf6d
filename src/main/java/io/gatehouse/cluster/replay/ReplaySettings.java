package io.gatehouse.cluster.replay;

import com.hazelcast.config.CompactSerializationConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import io.gatehouse.oauth.DpopProfile;
import java.util.concurrent.TimeUnit;

/** Configures Hazelcast for used proofs. Each setting states its reason and its cost. */
public final class ReplaySettings {
    static final String MAP = "gatehouse.used-proofs";

    /** So few that a token can use much of the memory, and enough to divide it among the members. */
    static final int SHARDS = 16;

    /** The part of the heap for the shards on a member, with its backups of other members' shards. */
    private static final int HEAP_SHARE = 16;
    /** The most bytes of a shard. */
    static final long SHARD_BYTES = shardBytes(Runtime.getRuntime().maxMemory());

    private static final long SLICE_MILLIS = TimeUnit.SECONDS.toMillis(30);

    /** A proof is kept for longer than any node accepts its nonce. */
    static final long KEPT_SLICES = DpopProfile.NONCE_LIFE
                            .plus(DpopProfile.NONCE_LEEWAY.multipliedBy(2))
                            .toMillis()
                    / SLICE_MILLIS
            + 2;

    private static final int MERGE_BATCH = 100;

    private ReplaySettings() {}

    /** Returns the most bytes of a shard on a member with this heap. */
    static long shardBytes(long heap) {
        return heap / HEAP_SHARE / SHARDS;
    }

    /** Returns the slice of the proofs that arrive at a time. */
    static long slice(long millis) {
        return Math.floorDiv(millis, SLICE_MILLIS);
    }

    /**
     * Returns the slice of the proofs that arrive on this member now.
     *
     * <p><i>Why not the time of the cluster</i>: it follows the system's time of a member. If that is set forward, the member would remove
     * proofs whose nonces every node still accepts.
     */
    static long currentSlice() {
        return slice(TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }

    public static void apply(Config config) {
        config.addMapConfig(new MapConfig(MAP)
                // One backup on another member: no proof is lost with a crashed node. Doubles the memory.
                .setBackupCount(1)
                // A use changes the shard in place, so it is not serialized for each.
                .setInMemoryFormat(InMemoryFormat.OBJECT)
                .setMergePolicyConfig(new MergePolicyConfig(KeepBoth.class.getName(), MERGE_BATCH)));
        CompactSerializationConfig compact = config.getSerializationConfig().getCompactSerializationConfig();
        compact.addSerializer(new ProofShard.Serializer())
                .addSerializer(new UseProof.Serializer())
                .addSerializer(new AddProof.Serializer());
    }
}
