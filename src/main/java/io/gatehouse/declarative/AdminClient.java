package io.gatehouse.declarative;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.syntax.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Calls the Admin API for import and export. */
public final class AdminClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int PAGE = 1_000;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final String url;
    private final @Nullable String token;

    /**
     * Creates a client.
     *
     * @param url without a trailing slash
     * @param token the {@code admin.token} of the gateway; null if it has none
     */
    public AdminClient(String url, @Nullable String token) {
        this.url = url;
        this.token = token;
    }

    /** Returns all entities of a schema that have all the tags. */
    List<Entity> list(EntitySchema schema, List<String> tags) throws StateException {
        if (!schema.equals(EntitySchemas.TARGETS)) {
            return list(schema, "/" + schema.path(), tags);
        }
        List<Entity> targets = new ArrayList<>();
        for (Entity upstream : list(EntitySchemas.UPSTREAMS, List.of())) {
            targets.addAll(list(schema, targets(upstream.id()), tags));
        }
        return targets;
    }

    private static String targets(String upstream) {
        return "/" + EntitySchemas.UPSTREAMS.path() + "/" + upstream + "/" + EntitySchemas.TARGETS.nestedPath();
    }

    private List<Entity> list(EntitySchema schema, String collection, List<String> tags) throws StateException {
        String filter = tags.isEmpty() ? "" : "&tags=" + encoded(String.join(",", tags));
        List<Entity> all = new ArrayList<>();
        String offset = "";
        do {
            Map<String, @Nullable Object> page =
                    send("GET", collection + "?size=" + PAGE + filter + offset, null, schema.name());
            if (page.get("data") instanceof List<?> data) {
                data.forEach(each -> all.add(new Entity(schema, values(each))));
            }
            offset = page.get("offset") instanceof String next ? "&offset=" + encoded(next) : "";
        } while (!offset.isEmpty());
        return all;
    }

    void put(Entity entity) throws StateException {
        Map<String, @Nullable Object> values = entity.schema().equals(EntitySchemas.TARGETS)
                // PUT merges a target, so the defaults of absent fields are sent.
                ? entity.schema()
                        .check(entity.values())
                        .without(List.of("created_at", "updated_at"))
                        .values()
                : entity.values();
        send("PUT", path(entity), Json.write(values), entity.label());
    }

    /** Creates or replaces entities of one kind in one transaction. */
    void putAll(List<Entity> batch) throws StateException {
        EntitySchema schema = batch.get(0).schema();
        List<Map<String, @Nullable Object>> data =
                batch.stream().map(Entity::values).toList();
        send(
                "PUT",
                "/batches/" + schema.path(),
                Json.write(Map.of("data", data)),
                error -> error.get("index") instanceof Number index
                        ? batch.get(index.intValue()).label()
                        : schema.name());
    }

    void delete(Entity entity) throws StateException {
        send("DELETE", path(entity), null, entity.label());
    }

    private static String path(Entity entity) {
        String upstream = entity.schema().equals(EntitySchemas.TARGETS) ? entity.reference("upstream") : null;
        return (upstream == null ? "/" + entity.schema().path() : targets(upstream)) + "/" + entity.id();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Map<String, @Nullable Object> values(Object entity) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        ((Map<?, ?>) entity).forEach((name, value) -> values.put(String.valueOf(name), value));
        return values;
    }

    private Map<String, @Nullable Object> send(String method, String path, @Nullable String body, String what)
            throws StateException {
        return send(method, path, body, error -> what);
    }

    /** Sends a request. {@code what} names the rejected entity from the body of the error response. */
    private Map<String, @Nullable Object> send(
            String method, String path, @Nullable String body, Function<Map<String, @Nullable Object>, String> what)
            throws StateException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<String> response;
        try {
            response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new StateException("no response from the Admin API at " + url + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StateException("interrupted");
        }
        Optional<Map<String, @Nullable Object>> content = Json.object(response.body());
        if (response.statusCode() / 100 != 2) {
            Object message = content.map(object -> object.get("message")).orElse("");
            throw new StateException(
                    what.apply(content.orElse(Map.of())) + ": " + response.statusCode() + " " + message);
        }
        return content.orElse(Map.of());
    }
}
