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
 * Adds facts to the shared map unless there are facts as new, or the mark of forgotten ones; done where the entry lives.
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

    /** Binary form of the instruction. */
    static final class Serializer implements CompactSerializer<PutCredential> {
        @Override
        public PutCredential read(CompactReader in) {
            return new PutCredential(Objects.requireNonNull(in.readCompact("facts")), in.readInt64("seconds"));
        }

        @Override
        public void write(CompactWriter out, PutCredential instruction) {
            out.writeCompact("facts", instruction.state());
            out.writeInt64("seconds", instruction.seconds());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.remember-facts";
        }

        @Override
        public Class<PutCredential> getCompactClass() {
            return PutCredential.class;
        }
    }
}
