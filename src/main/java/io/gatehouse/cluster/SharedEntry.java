package io.gatehouse.cluster;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.gatehouse.credential.SharedCredentialState;
import org.jspecify.annotations.Nullable;

/**
 * Holds an entry of the shared cache.
 *
 * @param state null: a tombstone, which keeps out reads from before the invalidation
 * @param asOf when PostgreSQL had the state, in seconds of its clock; 0: a tombstone
 */
record SharedEntry(@Nullable SharedCredentialState state, long asOf) {
    static final SharedEntry TOMBSTONE = new SharedEntry(null, 0);
    private static final String STATE = "state";
    private static final String AS_OF = "asOf";

    /** Whether this entry may replace another one. A tombstone is not replaced. */
    boolean replaces(@Nullable SharedEntry other) {
        return other == null || (other.state() != null && other.asOf() < asOf);
    }

    /** Serializes an entry in half the size of Java serialization. Hazelcast stores the schema once. */
    static final class Serializer implements CompactSerializer<SharedEntry> {
        @Override
        public SharedEntry read(CompactReader in) {
            SharedCredentialState state = in.readCompact(STATE);
            return state == null ? TOMBSTONE : new SharedEntry(state, in.readInt64(AS_OF));
        }

        @Override
        public void write(CompactWriter out, SharedEntry entry) {
            out.writeCompact(STATE, entry.state());
            out.writeInt64(AS_OF, entry.asOf());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.entry";
        }

        @Override
        public Class<SharedEntry> getCompactClass() {
            return SharedEntry.class;
        }
    }
}
