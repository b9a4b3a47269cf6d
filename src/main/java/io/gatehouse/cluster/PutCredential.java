package io.gatehouse.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.ExtendedMapEntry;
import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Puts a state into the shared cache unless the entry is as new or a tombstone. Runs on the member that holds the entry.
 */
record PutCredential(SharedEntry state, long seconds) implements EntryProcessor<byte[], SharedEntry, Boolean> {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean process(Map.Entry<byte[], @Nullable SharedEntry> entry) {
        if (!state.replaces(entry.getValue())) {
            return false;
        }
        ((ExtendedMapEntry<byte[], @Nullable SharedEntry>) entry).setValue(state, seconds, TimeUnit.SECONDS);
        return true;
    }

    /** Serializes the entry processor. */
    static final class Serializer implements CompactSerializer<PutCredential> {
        @Override
        public PutCredential read(CompactReader in) {
            return new PutCredential(Objects.requireNonNull(in.readCompact("state")), in.readInt64("seconds"));
        }

        @Override
        public void write(CompactWriter out, PutCredential processor) {
            out.writeCompact("state", processor.state());
            out.writeInt64("seconds", processor.seconds());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.put-credential";
        }

        @Override
        public Class<PutCredential> getCompactClass() {
            return PutCredential.class;
        }
    }
}
