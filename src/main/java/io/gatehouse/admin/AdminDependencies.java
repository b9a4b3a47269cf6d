package io.gatehouse.admin;

import io.gatehouse.admin.entity.Propagation;
import io.gatehouse.balancer.HealthClient;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.config.AdminConfig;
import io.gatehouse.store.Database;
import io.gatehouse.store.EntityStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the Admin API needs from the rest of the node.
 *
 * @param catalogVersion the version of the configuration this node serves
 * @param version Gatehouse's own
 * @param configuration shown by {@code GET /}: no secrets
 */
public record AdminDependencies(
        EntityStore entities,
        Database database,
        AdminConfig config,
        NodeDirectory nodes,
        Propagation propagation,
        HealthClient health,
        LongSupplier catalogVersion,
        String version,
        Map<String, Object> configuration,
        Supplier<ServerCounters> counters,
        MeterRegistry metrics) {}
