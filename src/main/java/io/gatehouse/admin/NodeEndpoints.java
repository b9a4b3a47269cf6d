package io.gatehouse.admin;

import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.Workspace;
import io.gatehouse.entity.plugin.PluginSchemas;
import io.gatehouse.entity.schema.EntitySchemas;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Serves the endpoints about the node itself (docs/reference/admin-api.md#about-the-node). */
final class NodeEndpoints {
    /** The version of Kong whose behaviour the Admin API has. Clients choose their own behaviour by it. */
    private static final String KONG_VERSION = "3.10.0";

    private static final long PID = ProcessHandle.current().pid();

    private final AdminDependencies node;
    private final String hostname;
    private final Supplier<List<String>> templates;

    NodeEndpoints(AdminDependencies node, String hostname, Supplier<List<String>> templates) {
        this.node = node;
        this.hostname = hostname;
        this.templates = templates;
    }

    List<Endpoint> all() {
        return List.of(
                get("/", this::root),
                get("/status", this::status),
                get("/endpoints", () -> Future.succeededFuture(Map.of("data", templates.get()))),
                get("/plugins/enabled", () -> Future.succeededFuture(Map.of("enabled_plugins", installed()))),
                get("/workspaces", () -> Future.succeededFuture(workspaces())),
                get("/workspaces/default", () -> Future.succeededFuture(Workspace.DEFAULT)));
    }

    private static Endpoint get(String template, Supplier<? extends Future<?>> content) {
        return new Endpoint(
                template,
                Map.of(HttpMethod.GET, request -> content.get().map(body -> AdminResponse.ok((Object) body))));
    }

    private static List<String> installed() {
        return PluginSchemas.installed().stream()
                .map(plugin -> plugin.name())
                .sorted()
                .toList();
    }

    private static Map<String, @Nullable Object> workspaces() {
        Map<String, @Nullable Object> page = new LinkedHashMap<>();
        page.put("data", List.of(Workspace.DEFAULT));
        page.put("next", null);
        return page;
    }

    private Future<Map<String, Object>> root() {
        return node.entities().distinct(EntitySchemas.PLUGINS, "name").map(enabled -> {
            Map<String, Object> about = new LinkedHashMap<>();
            about.put("version", KONG_VERSION);
            about.put("gatehouse", Map.of("version", node.version()));
            about.put("edition", "community");
            about.put("tagline", "Welcome to Gatehouse");
            about.put("hostname", hostname);
            about.put("node_id", node.nodes().nodeId());
            about.put("pids", Map.of("master", PID, "workers", List.of(PID)));
            about.put("configuration", node.configuration());
            about.put("plugins", Map.of("available_on_server", available(), "enabled_in_cluster", enabled));
            about.put("cluster", cluster());
            return about;
        });
    }

    private static Map<String, Object> available() {
        Map<String, Object> available = new LinkedHashMap<>();
        PluginSchemas.installed()
                .forEach(plugin -> available.put(
                        plugin.name(), Map.of("version", plugin.version(), "priority", plugin.priority())));
        return available;
    }

    private Map<String, Object> cluster() {
        List<String> members = node.nodes().nodes();
        return Map.of(
                "size",
                members.size(),
                "members",
                members.stream().map(node.nodes()::label).toList(),
                "catalog_version",
                node.catalogVersion().getAsLong());
    }

    /** Reports the state of the node, also while the database is unreachable. */
    private Future<Map<String, Object>> status() {
        return node.database().ping().map(reachable -> {
            ServerCounters counters = node.counters().get();
            Map<String, Object> server = new LinkedHashMap<>();
            server.put("connections_accepted", counters.connectionsAccepted());
            server.put("connections_active", counters.connectionsActive());
            server.put("connections_handled", counters.connectionsAccepted());
            server.put("connections_reading", 0);
            server.put("connections_waiting", Math.max(0, counters.connectionsActive() - counters.requestsInFlight()));
            server.put("connections_writing", counters.requestsInFlight());
            server.put("total_requests", counters.totalRequests());
            Map<String, Object> status = new LinkedHashMap<>();
            status.put("server", server);
            status.put("database", Map.of("reachable", reachable));
            status.put("memory", memory());
            status.put("cluster", cluster());
            return status;
        });
    }

    private static Map<String, Object> memory() {
        Runtime runtime = Runtime.getRuntime();
        return Map.of(
                "heap_used_bytes", runtime.totalMemory() - runtime.freeMemory(),
                "heap_committed_bytes", runtime.totalMemory(),
                "heap_max_bytes", runtime.maxMemory());
    }
}
