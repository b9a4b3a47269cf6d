package io.gatehouse.cluster.quota;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/**
 * Merges two versions of a counter after a partition. One side granted nothing, and its version is older, so the larger one is
 * the other's.
 */
public final class KeepLargerCounter
        implements SplitBrainMergePolicy<Counter, MergingValue<Counter>, @Nullable Counter> {
    @Override
    public @Nullable Counter merge(MergingValue<Counter> merging, @Nullable MergingValue<Counter> existing) {
        Counter ours = existing == null ? null : existing.getDeserializedValue();
        Counter theirs = merging.getDeserializedValue();
        return ours == null || ours.granted() < theirs.granted() ? theirs : ours;
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
