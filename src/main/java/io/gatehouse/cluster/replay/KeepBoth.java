package io.gatehouse.cluster.replay;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/** Merges two versions of a shard after a partition: each side may have accepted proofs until it noticed the other's absence. */
public final class KeepBoth implements SplitBrainMergePolicy<ProofShard, MergingValue<ProofShard>, ProofShard> {
    @Override
    public ProofShard merge(MergingValue<ProofShard> merging, @Nullable MergingValue<ProofShard> existing) {
        ProofShard theirs = merging.getDeserializedValue();
        ProofShard ours = existing == null ? null : existing.getDeserializedValue();
        return ours == null ? theirs : ProofShard.union(ours, theirs);
    }

    @Override
    public void writeData(ObjectDataOutput out) {
        // It has no state.
    }

    @Override
    public void readData(ObjectDataInput in) {
        // It has no state.
    }
}
