package io.gatehouse.admin.entity;

import io.gatehouse.admin.AdminNode;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Runs a node for the tests of a class, and removes its plugins after each test. */
abstract class PluginsFixture {
    static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @AfterEach
    void removePlugins() {
        node.get("/plugins").data().forEach(plugin -> node.delete("/plugins/" + plugin.getString("id")));
    }

    static Map<String, Object> oauth2(Map<String, Object> config) {
        return Map.of("name", "oauth2", "config", config);
    }
}
