package io.gatehouse.cluster.replay;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.gatehouse.cluster.quota.Majority;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Uses a proof on the member that holds its shard. The result is one of the constants, or the time since which the shard exists if the
 * nonce is not later.
 *
 * <p><i>Why there</i>: a member of the smaller side of a partition takes over the shards of the other side only after its own member list
 * has shrunk.
 */
final class UseProof implements EntryProcessor<Integer, ProofShard, Long>, HazelcastInstanceAware {
    private static final long serialVersionUID = 1L;

    static final long ACCEPTED = 0;
    static final long REPLAYED = -1;
    static final long QUOTA_EXCEEDED = -2;
    static final long NO_MAJORITY = -3;

    /**
     * A new shard exists since this long after it was made: the clock by which the nonce of a proof was made may have been ahead, and the
     * proof used in the shard that was lost.
     */
    private static final long CLOCK_MILLIS = 1_000;

    private final transient Arguments arguments;
    private transient @Nullable HazelcastInstance hazelcast;
    /** What the backups do; null if nothing has changed. */
    private transient @Nullable AddProof change;

    /**
     * Describes a use.
     *
     * @param nonceMillis when the nonce of the proof was made
     * @param nowMillis the time, by the same clock
     */
    record Arguments(long token, long proof, long nonceMillis, long nowMillis) {
        /** Since when a shard exists that is made now. */
        long beginning() {
            return nowMillis + CLOCK_MILLIS;
        }

        /**
         * Returns what a backup does.
         *
         * <p><i>Why it begins a shard now</i>: a backup without the shard has not received the proofs before. If it becomes the owner
         * before it has them, it must not accept their nonces.
         */
        AddProof onBackup(boolean isAdded) {
            return new AddProof(beginning(), token, proof, isAdded);
        }
    }

    UseProof(Arguments arguments) {
        this.arguments = arguments;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance member) {
        this.hazelcast = member;
    }

    @Override
    public Long process(Map.Entry<Integer, @Nullable ProofShard> entry) {
        HazelcastInstance member = Objects.requireNonNull(hazelcast);
        change = null;
        if (!Majority.isPresent(member)) {
            return NO_MAJORITY;
        }
        ProofShard known = entry.getValue();
        ProofShard shard = known == null ? new ProofShard(arguments.beginning()) : known;
        long slice = ReplaySettings.currentSlice();
        shard.removeBefore(slice - ReplaySettings.KEPT_SLICES);
        long result = arguments.nonceMillis() > shard.since() ? use(shard, slice) : shard.since();
        if (known == null || result == ACCEPTED) {
            entry.setValue(shard);
            change = arguments.onBackup(result == ACCEPTED);
        }
        return result;
    }

    private long use(ProofShard shard, long slice) {
        return switch (shard.use(slice, arguments.token(), arguments.proof(), ReplaySettings.SHARD_BYTES)) {
            case ACCEPTED -> ACCEPTED;
            case REPLAYED -> REPLAYED;
            case QUOTA_EXCEEDED -> QUOTA_EXCEEDED;
            case TOO_OLD -> shard.since();
        };
    }

    /** Adds the proof to the backups, where the use would see another majority. */
    @Override
    public @Nullable EntryProcessor<Integer, ProofShard, Long> getBackupProcessor() {
        return change;
    }

    /** Serializes the entry processor. */
    static final class Serializer implements CompactSerializer<UseProof> {
        @Override
        public UseProof read(CompactReader in) {
            return new UseProof(new Arguments(
                    in.readInt64("token"), in.readInt64("proof"), in.readInt64("nonce"), in.readInt64("now")));
        }

        @Override
        public void write(CompactWriter out, UseProof processor) {
            out.writeInt64("token", processor.arguments.token());
            out.writeInt64("proof", processor.arguments.proof());
            out.writeInt64("nonce", processor.arguments.nonceMillis());
            out.writeInt64("now", processor.arguments.nowMillis());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.use-proof";
        }

        @Override
        public Class<UseProof> getCompactClass() {
            return UseProof.class;
        }
    }
}
