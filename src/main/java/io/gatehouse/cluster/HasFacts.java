package io.gatehouse.cluster;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import com.hazelcast.query.Predicate;
import java.util.Map;

/** Entries that say something, as opposed to marks of what was forgotten. */
record HasFacts() implements Predicate<byte[], SharedEntry> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean apply(Map.Entry<byte[], SharedEntry> entry) {
        return entry.getValue().facts() != null;
    }

    /** Binary form of the question. */
    static final class Serializer implements CompactSerializer<HasFacts> {
        /** A schema needs a field. */
        private static final String VERSION = "version";

        @Override
        public HasFacts read(CompactReader in) {
            return new HasFacts();
        }

        @Override
        public void write(CompactWriter out, HasFacts question) {
            out.writeInt32(VERSION, 1);
        }

        @Override
        public String getTypeName() {
            return "gatehouse.has-facts";
        }

        @Override
        public Class<HasFacts> getCompactClass() {
            return HasFacts.class;
        }
    }
}
