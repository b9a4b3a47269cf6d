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
 * Whether a member has begun to listen to the event bus: asked of the member itself, so that the answer is right although
 * what the shared maps say of it may be lost or late.
 */
final class StartedTask implements Callable<Boolean>, HazelcastInstanceAware {
    /** Executors and the answer are named alike. */
    static final String NAME = "gatehouse.has-begun";

    private @Nullable HazelcastInstance member;

    /** Says so of this member. */
    static void say(HazelcastInstance member) {
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

    /** Binary form of the question. */
    static final class Serializer implements CompactSerializer<StartedTask> {
        /** A schema needs a field. */
        private static final String VERSION = "version";

        @Override
        public StartedTask read(CompactReader in) {
            return new StartedTask();
        }

        @Override
        public void write(CompactWriter out, StartedTask question) {
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
