package io.gatehouse.admin;

import io.gatehouse.admin.call.OwnProxy;
import io.gatehouse.balancer.HealthClient;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.config.AdminConfig;
import io.gatehouse.plugin.proxycache.CacheClient;
import io.gatehouse.store.Database;
import io.gatehouse.store.entity.EntityStore;
import io.gatehouse.store.entity.WriteResult;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the parts of the node that the Admin API depends on.
 *
 * @param publish makes every node serve a committed write; completes in bounded time with the late nodes
 * @param proxy the listeners of this node's proxy, for test calls
 * @param catalogVersion the version of the configuration that this node serves
 * @param catalog the configuration that this node serves; null before the first
 * @param version of Gatehouse
 * @param configuration that {@code GET /} shows, without secrets
 */
public record AdminDependencies(
        EntityStore entities,
        Database database,
        AdminConfig config,
        NodeDirectory nodes,
        Function<WriteResult, Future<List<String>>> publish,
        HealthClient health,
        CacheClient responses,
        OwnProxy proxy,
        LongSupplier catalogVersion,
        Supplier<@Nullable Catalog> catalog,
        String version,
        Map<String, Object> configuration,
        Supplier<ServerCounters> counters,
        MeterRegistry metrics) {}
