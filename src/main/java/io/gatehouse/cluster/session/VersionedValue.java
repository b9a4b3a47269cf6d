package io.gatehouse.cluster.session;

import io.gatehouse.session.SessionStore;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads and writes the values of the maps: eight bytes of the version, and then the content. */
final class VersionedValue {
    /** The content of an entry that has ended. */
    static final byte[] ENDED = {};

    private VersionedValue() {}

    static byte[] of(long version, byte[] content) {
        return ByteBuffer.allocate(Long.BYTES + content.length)
                .putLong(version)
                .put(content)
                .array();
    }

    static long version(byte @Nullable [] value) {
        return value == null ? SessionStore.ABSENT : ByteBuffer.wrap(value).getLong();
    }

    static byte[] content(byte[] value) {
        return Arrays.copyOfRange(value, Long.BYTES, value.length);
    }
}
