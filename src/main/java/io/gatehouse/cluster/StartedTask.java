package io.gatehouse.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Returns whether a member has started.
 *
 * <p><i>Why</i>: it runs on that member, because the shared maps may have lost the member's registrations.
 */
final class StartedTask implements Callable<Boolean>, HazelcastInstanceAware {
    /** The name of the executor, of the type and of the attribute of a started member. */
    static final String NAME = "gatehouse.started";

    private @Nullable HazelcastInstance member;

    static void markStarted(HazelcastInstance member) {
        member.getUserContext().put(NAME, true);
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance hazelcast) {
        member = hazelcast;
    }

    @Override
    public Boolean call() {
        return Objects.requireNonNull(member).getUserContext().containsKey(NAME);
    }

    /** Serializes the task. */
    static final class Serializer implements CompactSerializer<StartedTask> {
        /** Compact serialization needs at least one field. */
        private static final String VERSION = "version";

        @Override
        public StartedTask read(CompactReader in) {
            return new StartedTask();
        }

        @Override
        public void write(CompactWriter out, StartedTask task) {
            out.writeInt32(VERSION, 1);
        }

        @Override
        public String getTypeName() {
            return NAME;
        }

        @Override
        public Class<StartedTask> getCompactClass() {
            return StartedTask.class;
        }
    }
}
