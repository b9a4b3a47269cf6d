package io.gatehouse.cluster;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.gatehouse.oauth.SharedFacts;
import org.jspecify.annotations.Nullable;

/**
 * An entry in the shared map.
 *
 * @param facts what is known; null: forgotten a moment ago, nobody may remember what they read before
 */
record SharedEntry(@Nullable SharedFacts facts) {
    static final SharedEntry FORGOTTEN = new SharedEntry(null);

    /** Binary form: a schema stored once and half the size of Java's own. */
    static final class Serializer implements CompactSerializer<SharedEntry> {
        @Override
        public SharedEntry read(CompactReader in) {
            SharedFacts facts = in.readCompact("facts");
            return facts == null ? FORGOTTEN : new SharedEntry(facts);
        }

        @Override
        public void write(CompactWriter out, SharedEntry entry) {
            out.writeCompact("facts", entry.facts());
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
