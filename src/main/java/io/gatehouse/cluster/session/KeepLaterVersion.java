package io.gatehouse.cluster.session;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/**
 * Merges two versions of an entry after a partition. Only one side wrote, so the later version is current: also the end of an entry
 * that the other side still has.
 */
public final class KeepLaterVersion implements SplitBrainMergePolicy<byte[], MergingValue<byte[]>, byte @Nullable []> {
    @Override
    public byte @Nullable [] merge(MergingValue<byte[]> merging, @Nullable MergingValue<byte[]> existing) {
        byte @Nullable [] ours = existing == null ? null : existing.getDeserializedValue();
        byte[] theirs = merging.getDeserializedValue();
        return VersionedValue.version(ours) < VersionedValue.version(theirs) ? theirs : ours;
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
