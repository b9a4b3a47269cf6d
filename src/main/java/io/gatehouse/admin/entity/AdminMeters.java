package io.gatehouse.admin.entity;

import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.changes.Revocations;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.store.entity.WriteResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;

/** Measures how long a committed change takes to reach every node, and counts the tokens that operators revoke. */
final class AdminMeters {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5)
    };

    private final MeterRegistry metrics;
    private final Timer propagation;
    private final Counter lateNodes;
    private final Counter revocations;

    AdminMeters(MeterRegistry metrics) {
        this.metrics = metrics;
        this.propagation = Timer.builder("gatehouse.admin.propagation")
                .description("Time from the commit of a change until every node serves it or is late")
                .serviceLevelObjectives(BUCKETS)
                .register(metrics);
        this.lateNodes = Counter.builder("gatehouse.admin.late.nodes")
                .description("Nodes that did not acknowledge a change in time, counted once per change")
                .register(metrics);
        this.revocations = Revocations.counter(metrics, "admin");
    }

    Timer.Sample committed() {
        return Timer.start(metrics);
    }

    void served(Timer.Sample since, List<String> late) {
        since.stop(propagation);
        lateNodes.increment(late.size());
    }

    /** Counts tokens that a request deletes by itself, not those deleted with their client or owner. */
    void written(AdminRequest request, WriteResult written) {
        EntitySchema entity = request.endpoint().entity();
        if (written.after() == null && entity != null && entity.revokesTokens()) {
            revocations.increment(written.invalidated().size());
        }
    }
}
