package io.gatehouse.launch.status;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.spi.metrics.PoolMetrics;
import io.vertx.core.spi.metrics.VertxMetrics;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Records metrics of the database pool, and no other Vert.x metrics.
 *
 * <p><i>Why</i>: Vert.x's metrics of HTTP servers and clients have a cost for every proxied request, and the proxies record
 * their own.
 */
final class DatabasePoolMetrics implements VertxMetrics, PoolMetrics<Timer.Sample, Object> {
    private static final String SQL = "sql";
    private static final Object USE = new Object();

    private final MeterRegistry metrics;
    private final Timer waiting;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger used = new AtomicInteger();

    DatabasePoolMetrics(MeterRegistry metrics) {
        this.metrics = metrics;
        this.waiting = Timer.builder("gatehouse.database.pool.wait")
                .description("Time that a statement waited for a connection of the pool")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(10),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2))
                .register(metrics);
    }

    @Override
    public @Nullable PoolMetrics<?, ?> createPoolMetrics(String type, String name, int maxSize) {
        if (!SQL.equals(type)) {
            return null;
        }
        gauge("gatehouse.database.pool.connections.max", () -> maxSize, "Connections that the pool may open");
        gauge(
                "gatehouse.database.pool.connections.used",
                used::get,
                "Connections that a statement or transaction uses");
        gauge("gatehouse.database.pool.pending", pending::get, "Statements that wait for a connection");
        return this;
    }

    private void gauge(String name, Supplier<Number> value, String description) {
        Gauge.builder(name, value).description(description).register(metrics);
    }

    @Override
    public Timer.Sample enqueue() {
        pending.incrementAndGet();
        return Timer.start(metrics);
    }

    @Override
    public void dequeue(Timer.Sample queued) {
        pending.decrementAndGet();
        queued.stop(waiting);
    }

    @Override
    public Object begin() {
        used.incrementAndGet();
        return USE;
    }

    @Override
    public void end(Object use) {
        used.decrementAndGet();
    }

    @Override
    public void close() {
        // The node closes the registry.
    }
}
