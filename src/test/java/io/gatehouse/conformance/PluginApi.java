package io.gatehouse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicInteger;

/** A node with an echoing upstream, and as many protected APIs and consumers as a test class asks for. */
final class PluginApi implements AutoCloseable {
    final Upstream upstream = Upstream.start();
    final Gatehouse gatehouse;
    private final AtomicInteger names = new AtomicInteger();

    PluginApi() {
        this(Gatehouse.start());
    }

    PluginApi(Gatehouse gatehouse) {
        this.gatehouse = gatehouse;
    }

    /** An API of its own; answers its path, which is its Service's name after a slash. */
    String open() {
        String name = "api-" + names.incrementAndGet();
        gatehouse.createApi(name, "/" + name, upstream.port());
        return "/" + name;
    }

    /** Another API with one plugin; answers its path. */
    String protectedBy(String plugin, JsonObject config) {
        String path = open();
        add(path, plugin, config);
        return path;
    }

    JsonObject add(String path, String plugin, JsonObject config) {
        return gatehouse.create(
                "/services" + path + "/plugins",
                new JsonObject().put("name", plugin).put("config", config));
    }

    /** Another consumer; answers its name. */
    String consumer() {
        String username = "consumer-" + names.incrementAndGet();
        gatehouse.create("/consumers", new JsonObject().put("username", username));
        return username;
    }

    /** A generated API key of the consumer, as stored. */
    JsonObject key(String consumer) {
        return gatehouse.create("/consumers/" + consumer + "/key-auth", new JsonObject());
    }

    JsonObject join(String consumer, String group) {
        return gatehouse.create("/consumers/" + consumer + "/acls", new JsonObject().put("group", group));
    }

    Reply getWithKey(String path, JsonObject key) {
        return gatehouse.get(path, "apikey", key.getString("key"));
    }

    /** A client that fills in the defaults of the schema has what the Admin API answers (docs/reference/deck.md#schemas). */
    void assertSchemaTellsEveryDefault(String plugin, JsonObject config) {
        JsonObject stored = add(open(), plugin, config).getJsonObject("config");
        JsonObject filled = config.copy();
        for (Object field :
                gatehouse.admin("GET", "/schemas/plugins/" + plugin).json().getJsonArray("fields")) {
            JsonObject described = ((JsonObject) field).getJsonObject("config");
            if (described != null) {
                described.getJsonArray("fields").forEach(nested -> fill(filled, (JsonObject) nested));
            }
        }
        assertThat(filled).isEqualTo(stored);
    }

    private static void fill(JsonObject config, JsonObject field) {
        String name = field.fieldNames().iterator().next();
        if (!config.containsKey(name)) {
            config.put(name, field.getJsonObject(name).getValue("default"));
        }
    }

    @Override
    public void close() {
        gatehouse.close();
        upstream.close();
    }
}
