package io.gatehouse.cluster.replay;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Repeats a use of a proof on a backup, whose slices are those of its own clock.
 *
 * @param since when the shard begins, if the backup has none
 * @param isAdded whether the proof was accepted; otherwise the shard was made only
 */
record AddProof(long since, long token, long proof, boolean isAdded)
        implements EntryProcessor<Integer, ProofShard, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Long process(Map.Entry<Integer, @Nullable ProofShard> entry) {
        ProofShard known = entry.getValue();
        ProofShard shard = known == null ? new ProofShard(since) : known;
        long slice = ReplaySettings.currentSlice();
        shard.removeBefore(slice - ReplaySettings.KEPT_SLICES);
        if (isAdded) {
            shard.add(slice, token, proof);
        }
        entry.setValue(shard);
        return UseProof.ACCEPTED;
    }

    /** Serializes the entry processor. */
    static final class Serializer implements CompactSerializer<AddProof> {
        @Override
        public AddProof read(CompactReader in) {
            return new AddProof(
                    in.readInt64("since"), in.readInt64("token"), in.readInt64("proof"), in.readBoolean("added"));
        }

        @Override
        public void write(CompactWriter out, AddProof processor) {
            out.writeInt64("since", processor.since());
            out.writeInt64("token", processor.token());
            out.writeInt64("proof", processor.proof());
            out.writeBoolean("added", processor.isAdded());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.add-proof";
        }

        @Override
        public Class<AddProof> getCompactClass() {
            return AddProof.class;
        }
    }
}
