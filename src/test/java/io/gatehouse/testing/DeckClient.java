package io.gatehouse.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Brings a gateway to a wanted state with the requests of decK (docs/reference/deck.md): it reads everything, fills in defaults
 * from the schemas, puts entities that differ and deletes those that are not wanted, ten at a time.
 */
public final class DeckClient implements AutoCloseable {
    private static final int PARALLEL = 10;

    private final Gatehouse gatehouse;
    private final ExecutorService workers = Executors.newFixedThreadPool(PARALLEL);
    private final Map<String, JsonArray> schemas = new HashMap<>();

    public DeckClient(Gatehouse gatehouse) {
        this.gatehouse = gatehouse;
    }

    /**
     * Describes a wanted entity.
     *
     * @param collection the path of its list, and its schema's name, such as {@code services}
     * @param path the path below which it is put, such as {@code /consumers/x/oauth2}
     * @param body with its id
     */
    public record Wanted(Collection collection, String path, JsonObject body) {
        String id() {
            return body.getString("id");
        }
    }

    /** The collections of decK, in the order in which it writes them. */
    public enum Collection {
        SERVICES("services", "services"),
        ROUTES("routes", "routes"),
        CONSUMERS("consumers", "consumers"),
        PLUGINS("plugins", "plugins"),
        OAUTH2("oauth2", "oauth2_credentials"),
        KEY_AUTHS("key-auths", "keyauth_credentials"),
        UPSTREAMS("upstreams", "upstreams");

        private final String path;
        private final String schema;

        Collection(String path, String schema) {
            this.path = path;
            this.schema = schema;
        }
    }

    /** Brings the gateway to the wanted state and returns how many requests that took. */
    public int sync(List<Wanted> wanted) {
        Map<String, JsonObject> current = dump();
        int writes = 0;
        Map<String, JsonObject> unwanted = new HashMap<>(current);
        wanted.forEach(entity -> unwanted.remove(entity.id()));
        for (Collection collection : Collection.values()) {
            List<Wanted> different = wanted.stream()
                    .filter(entity -> entity.collection() == collection && differs(entity, current.get(entity.id())))
                    .toList();
            atOnce(
                    different,
                    entity -> gatehouse
                            .admin("PUT", entity.path() + "/" + entity.id(), entity.body())
                            .isStatus(200));
            writes += different.size();
        }
        List<Collection> backwards = new ArrayList<>(List.of(Collection.values()));
        Collections.reverse(backwards);
        for (Collection collection : backwards) {
            List<JsonObject> gone = unwanted.values().stream()
                    .filter(entity -> entity.getString("__path").equals(collection.path))
                    .toList();
            atOnce(
                    gone,
                    entity -> gatehouse
                            .admin("DELETE", "/" + collection.path + "/" + entity.getString("id"))
                            .isStatus(204));
            writes += gone.size();
        }
        return writes;
    }

    private interface Request<T> {
        void send(T entity);
    }

    private <T> void atOnce(List<T> entities, Request<T> request) {
        List<Future<?>> sent = new ArrayList<>();
        entities.forEach(entity -> sent.add(workers.submit(() -> request.send(entity))));
        for (Future<?> one : sent) {
            try {
                one.get();
            } catch (ExecutionException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Reads all entities by id, one page after the other. */
    private Map<String, JsonObject> dump() {
        Map<String, JsonObject> all = new HashMap<>();
        for (Collection collection : Collection.values()) {
            String offset = null;
            do {
                String query = offset == null ? "" : "&offset=" + URLEncoder.encode(offset, StandardCharsets.UTF_8);
                JsonObject page = gatehouse
                        .admin("GET", "/" + collection.path + "?size=1000" + query)
                        .isStatus(200)
                        .json();
                for (Object each : page.getJsonArray("data")) {
                    JsonObject entity = (JsonObject) each;
                    all.put(entity.getString("id"), entity.put("__path", collection.path));
                }
                offset = page.getString("offset");
            } while (offset != null);
        }
        return all;
    }

    /** Whether the gateway's entity differs from the wanted one with the schema's defaults. */
    private boolean differs(Wanted wanted, @Nullable JsonObject current) {
        if (current == null) {
            return true;
        }
        JsonObject answer = current.copy();
        answer.remove("__path");
        JsonObject filled = fill(schema("/schemas/" + wanted.collection().schema), wanted.body(), answer);
        if (wanted.collection() == Collection.PLUGINS) {
            JsonArray plugin = schema("/schemas/plugins/" + wanted.body().getString("name"));
            filled.mergeIn(fill(plugin, wanted.body(), answer));
        }
        return !withoutNulls(filled).equals(withoutNulls(answer));
    }

    private JsonArray schema(String path) {
        return schemas.computeIfAbsent(
                path,
                missing -> gatehouse.admin("GET", path).isStatus(200).json().getJsonArray("fields"));
    }

    /** The wanted values, the defaults, and the values that the server generates. Only fields of the schema are included. */
    public static JsonObject fill(JsonArray fields, JsonObject wanted, JsonObject answer) {
        JsonObject filled = new JsonObject();
        for (Object each : fields) {
            JsonObject field = (JsonObject) each;
            String name = field.fieldNames().iterator().next();
            JsonObject description = field.getJsonObject(name);
            Object value = wanted.containsKey(name) ? wanted.getValue(name) : description.getValue("default");
            if ("record".equals(description.getString("type")) && answer.getValue(name) instanceof JsonObject nested) {
                value = fill(
                        description.getJsonArray("fields"),
                        value instanceof JsonObject given ? given : new JsonObject(),
                        nested);
            }
            boolean servers = description.getBoolean("auto", false) && !wanted.containsKey(name);
            filled.put(name, servers ? answer.getValue(name) : value);
        }
        return filled;
    }

    /** Removes nulls: decK does not distinguish null from absent. */
    public static JsonObject withoutNulls(JsonObject object) {
        JsonObject rest = new JsonObject();
        object.forEach(field -> {
            if (field.getValue() != null) {
                rest.put(field.getKey(), withoutNulls(field.getValue()));
            }
        });
        return rest;
    }

    private static Object withoutNulls(Object value) {
        if (value instanceof JsonArray list) {
            return new JsonArray(list.stream().map(DeckClient::withoutNulls).toList());
        }
        return value instanceof JsonObject nested ? withoutNulls(nested) : value;
    }

    /** Whether no value is left. */
    public void reset() {
        sync(List.of());
        assertThat(dump()).isEmpty();
    }

    @Override
    public void close() {
        workers.shutdown();
    }
}
