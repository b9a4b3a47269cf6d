package io.gatehouse.cluster;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import com.hazelcast.query.Predicate;
import java.util.Map;

/** Entries that say something, as opposed to marks of what was forgotten. */
record CredentialPredicate() implements Predicate<byte[], SharedEntry> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean apply(Map.Entry<byte[], SharedEntry> entry) {
        return entry.getValue().state() != null;
    }

    /** Binary form of the question. */
    static final class Serializer implements CompactSerializer<CredentialPredicate> {
        /** A schema needs a field. */
        private static final String VERSION = "version";

        @Override
        public CredentialPredicate read(CompactReader in) {
            return new CredentialPredicate();
        }

        @Override
        public void write(CompactWriter out, CredentialPredicate question) {
            out.writeInt32(VERSION, 1);
        }

        @Override
        public String getTypeName() {
            return "gatehouse.has-facts";
        }

        @Override
        public Class<CredentialPredicate> getCompactClass() {
            return CredentialPredicate.class;
        }
    }
}
