package io.gatehouse.cluster;

import com.hazelcast.nio.serialization.FieldKind;
import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.gatehouse.credential.SharedCredentialState;
import org.jspecify.annotations.Nullable;

/**
 * An entry in the shared map.
 *
 * @param state null: a tombstone; a read from before it must not be cached
 * @param asOf when PostgreSQL had the facts, by its clock in seconds; 0: a node of a version that does not say so added them
 */
record SharedEntry(@Nullable SharedCredentialState state, long asOf) {
    static final SharedEntry TOMBSTONE = new SharedEntry(null, 0);
    private static final String AS_OF = "asOf";

    /** Whether this may take the place of an entry, which the mark of forgotten facts never leaves. */
    boolean replaces(@Nullable SharedEntry other) {
        return other == null || (other.state() != null && other.asOf() < asOf);
    }

    /** Binary form: a schema stored once and half the size of Java's own. */
    static final class Serializer implements CompactSerializer<SharedEntry> {
        @Override
        public SharedEntry read(CompactReader in) {
            SharedCredentialState state = in.readCompact("facts");
            return state == null
                    ? TOMBSTONE
                    : new SharedEntry(state, in.getFieldKind(AS_OF) == FieldKind.INT64 ? in.readInt64(AS_OF) : 0);
        }

        @Override
        public void write(CompactWriter out, SharedEntry entry) {
            out.writeCompact("facts", entry.state());
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
