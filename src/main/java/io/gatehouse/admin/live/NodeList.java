package io.gatehouse.admin.live;

import io.gatehouse.bus.NodeFigures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describes the nodes of the cluster for the console. */
final class NodeList {
    private NodeList() {}

    /** Returns a JSON object for each node; {@code figures} of a node that did not reply in time is null. */
    static List<Map<String, Object>> of(Map<String, @Nullable NodeFigures> figures) {
        List<Map<String, Object>> nodes = new ArrayList<>();
        figures.forEach((id, its) -> {
            Map<String, Object> node = new LinkedHashMap<>();
            node.put("id", id);
            node.put("late", its == null);
            if (its != null) {
                node.put("name", its.name());
                node.put("version", its.version());
                node.put("catalog_version", its.catalogVersion());
                node.put("database_age", its.databaseAge());
                node.put("connections", its.connections());
                node.put("requests_in_flight", its.requestsInFlight());
            }
            nodes.add(node);
        });
        return nodes;
    }
}
