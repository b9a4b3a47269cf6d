package io.gatehouse.cluster.session;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.ExtendedMapEntry;
import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.gatehouse.session.SessionStore;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes an entry of the expected version, and returns its new version. Runs on the member that holds the entry.
 *
 * @param expected the version, or {@link #EARLIER}
 * @param version the least new one
 */
@SuppressWarnings("ArrayRecordComponent") // Processors are never compared.
record SwapSession(long expected, long version, byte[] content, long lifeMillis)
        implements EntryProcessor<byte[], byte[], Long> {
    private static final long serialVersionUID = 1L;

    /** Any version before the new one is expected. */
    static final long EARLIER = -1;

    @Override
    public Long process(Map.Entry<byte[], byte @Nullable []> entry) {
        long current = VersionedValue.version(entry.getValue());
        if (expected == EARLIER ? current >= version : current != expected) {
            return SessionStore.ABSENT;
        }
        long next = Math.max(version, current + 1);
        ((ExtendedMapEntry<byte[], byte @Nullable []>) entry)
                .setValue(VersionedValue.of(next, content), lifeMillis, TimeUnit.MILLISECONDS);
        return next;
    }

    /** Serializes the entry processor. */
    static final class Serializer implements CompactSerializer<SwapSession> {
        @Override
        public SwapSession read(CompactReader in) {
            return new SwapSession(
                    in.readInt64("expected"),
                    in.readInt64("version"),
                    Objects.requireNonNull(in.readArrayOfInt8("content")),
                    in.readInt64("life"));
        }

        @Override
        public void write(CompactWriter out, SwapSession processor) {
            out.writeInt64("expected", processor.expected());
            out.writeInt64("version", processor.version());
            out.writeArrayOfInt8("content", processor.content());
            out.writeInt64("life", processor.lifeMillis());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.swap-session";
        }

        @Override
        public Class<SwapSession> getCompactClass() {
            return SwapSession.class;
        }
    }
}
