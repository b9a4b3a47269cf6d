package io.gatehouse.cluster;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import com.hazelcast.query.Predicate;
import java.util.Map;

/** Selects the entries that hold a state, not the tombstones. */
record CredentialPredicate() implements Predicate<byte[], SharedEntry> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean apply(Map.Entry<byte[], SharedEntry> entry) {
        return entry.getValue().state() != null;
    }

    /** Serializes the predicate. */
    static final class Serializer implements CompactSerializer<CredentialPredicate> {
        /** Compact serialization needs at least one field. */
        private static final String VERSION = "version";

        @Override
        public CredentialPredicate read(CompactReader in) {
            return new CredentialPredicate();
        }

        @Override
        public void write(CompactWriter out, CredentialPredicate predicate) {
            out.writeInt32(VERSION, 1);
        }

        @Override
        public String getTypeName() {
            return "gatehouse.credential-predicate";
        }

        @Override
        public Class<CredentialPredicate> getCompactClass() {
            return CredentialPredicate.class;
        }
    }
}
