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

/** Adds a token to the shared map unless it has an entry, be it the mark of a forgotten one; done where the entry lives. */
record RememberToken(SharedToken token, long seconds) implements EntryProcessor<byte[], SharedToken, Boolean> {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean process(Map.Entry<byte[], @Nullable SharedToken> entry) {
        if (entry.getValue() != null) {
            return false;
        }
        ((ExtendedMapEntry<byte[], @Nullable SharedToken>) entry).setValue(token, seconds, TimeUnit.SECONDS);
        return true;
    }

    /** Binary form of the instruction. */
    static final class Serializer implements CompactSerializer<RememberToken> {
        @Override
        public RememberToken read(CompactReader in) {
            return new RememberToken(Objects.requireNonNull(in.readCompact("token")), in.readInt64("seconds"));
        }

        @Override
        public void write(CompactWriter out, RememberToken instruction) {
            out.writeCompact("token", instruction.token());
            out.writeInt64("seconds", instruction.seconds());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.remember-token";
        }

        @Override
        public Class<RememberToken> getCompactClass() {
            return RememberToken.class;
        }
    }
}
