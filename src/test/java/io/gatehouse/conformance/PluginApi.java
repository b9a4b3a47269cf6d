package io.gatehouse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs a node with an echoing upstream, and creates protected APIs and Consumers. */
public final class PluginApi implements AutoCloseable {
    public final Upstream upstream = Upstream.start();
    public final Gatehouse gatehouse;
    private final AtomicInteger names = new AtomicInteger();

    public PluginApi() {
        this(Gatehouse.start());
    }

    public PluginApi(Gatehouse gatehouse) {
        this.gatehouse = gatehouse;
    }

    /** Creates an API and returns its path: a slash and its Service's name. */
    public String open() {
        String name = "api-" + names.incrementAndGet();
        gatehouse.createApi(name, "/" + name, upstream.port());
        return "/" + name;
    }

    /** Creates an API with one plugin and returns its path. */
    public String protectedBy(String plugin, JsonObject config) {
        String path = open();
        add(path, plugin, config);
        return path;
    }

    public JsonObject add(String path, String plugin, JsonObject config) {
        return gatehouse.create(
                "/services" + path + "/plugins",
                new JsonObject().put("name", plugin).put("config", config));
    }

    /** Returns the configuration of a transformer: {@code add.headers=a:b} and the like. */
    public static JsonObject edits(String... edits) {
        JsonObject config = new JsonObject();
        for (String edit : edits) {
            int dot = edit.indexOf('.');
            int equals = edit.indexOf('=');
            JsonObject part = config.getJsonObject(edit.substring(0, dot), new JsonObject());
            part.put(
                    edit.substring(dot + 1, equals),
                    List.of(edit.substring(equals + 1).split(",")));
            config.put(edit.substring(0, dot), part);
        }
        return config;
    }

    /** Creates a Consumer and returns its name. */
    public String consumer() {
        String username = "consumer-" + names.incrementAndGet();
        gatehouse.create("/consumers", new JsonObject().put("username", username));
        return username;
    }

    /** Creates a key of the Consumer and returns the stored entity. */
    public JsonObject key(String consumer) {
        return gatehouse.create("/consumers/" + consumer + "/key-auth", new JsonObject());
    }

    public JsonObject join(String consumer, String group) {
        return gatehouse.create("/consumers/" + consumer + "/acls", new JsonObject().put("group", group));
    }

    public Reply getWithKey(String path, JsonObject key) {
        return gatehouse.get(path, "apikey", key.getString("key"));
    }

    /** Sends a GET with both fields. The JDK's client sends no {@code Proxy-Authorization} to a server. */
    public RawClient.Answer getWithBoth(String path, String proxyAuthorization, String authorization) {
        String fields = "Proxy-Authorization: %s\r\nAuthorization: %s\r\nConnection: close"
                .formatted(proxyAuthorization, authorization);
        return RawClient.send(gatehouse, "GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n".formatted(path, fields));
    }

    /** Asserts that a config completed with the defaults of the schema equals the response (docs/reference/deck.md#schemas). */
    public void assertSchemaContainsEveryDefault(String plugin, JsonObject config) {
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

    /** Asserts that the Admin API rejects a config with one violation of its schema. */
    public void assertRefused(String plugin, JsonObject config, String violation) {
        gatehouse
                .admin(
                        "POST",
                        "/services" + open() + "/plugins",
                        new JsonObject().put("name", plugin).put("config", config))
                .isMessage(400, "schema violation (" + violation + ")");
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
