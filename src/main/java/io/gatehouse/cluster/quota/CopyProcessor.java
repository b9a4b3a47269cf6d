package io.gatehouse.cluster.quota;

import com.hazelcast.map.EntryProcessor;
import io.gatehouse.quota.Grant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Copies a counter to a backup. */
final class CopyProcessor implements EntryProcessor<String, Counter, @Nullable Grant> {
    private static final long serialVersionUID = 1L;

    private final transient Counter counter;
    private final long lifeMillis;

    CopyProcessor(Counter counter, long lifeMillis) {
        this.counter = counter;
        this.lifeMillis = lifeMillis;
    }

    Counter counter() {
        return counter;
    }

    long lifeMillis() {
        return lifeMillis;
    }

    @Override
    public @Nullable Grant process(Map.Entry<String, @Nullable Counter> entry) {
        ClaimProcessor.store(entry, counter, lifeMillis);
        return null;
    }
}
