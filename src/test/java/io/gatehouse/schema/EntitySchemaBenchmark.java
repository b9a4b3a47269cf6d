package io.gatehouse.schema;

import io.gatehouse.entity.schema.EntitySchemas;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the check of one document. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EntitySchemaBenchmark {
    private static final Map<String, @Nullable Object> SERVICE = Map.of(
            "name",
            "orders",
            "url",
            "https://orders.example.test:8443/v2",
            "retries",
            3,
            "tags",
            List.of("team-a", "production"));
    private static final Map<String, @Nullable Object> ROUTE = Map.of(
            "name", "orders",
            "protocols", List.of("https"),
            "methods", List.of("GET", "POST"),
            "hosts", List.of("api.example.test", "*.shop.example.test"),
            "paths", List.of("/orders", "~/customers/[0-9]+/orders"),
            "headers", Map.of("x-version", List.of("1", "2")),
            "service", Map.of("id", "2b8a8a4c-8f6e-4a3b-9d1f-0c9b7a6e5d4c"),
            "tags", List.of("team-a", "production"));
    private static final Map<String, @Nullable Object> PLUGIN = Map.of(
            "name",
            "oauth2",
            "config",
            Map.of("scopes", List.of("email", "profile"), "enable_client_credentials", true),
            "service",
            Map.of("id", "2b8a8a4c-8f6e-4a3b-9d1f-0c9b7a6e5d4c"));

    @Benchmark
    public Document service() {
        return EntitySchemas.SERVICES.check(SERVICE);
    }

    @Benchmark
    public Document route() {
        return EntitySchemas.ROUTES.check(ROUTE);
    }

    @Benchmark
    public Document plugin() {
        return EntitySchemas.PLUGINS.check(PLUGIN);
    }
}
