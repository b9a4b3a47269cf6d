package io.gatehouse.admin.http;

import io.gatehouse.schema.EntitySchema;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Maps the methods of a path template, such as {@code /services/{services}}, to actions.
 *
 * @param actions by method; HEAD uses GET, and OPTIONS needs no action
 * @param entity the entity that is read and written there; null if there is none
 * @param unusual the operations that the method and the entity do not describe
 */
public record Endpoint(
        String template,
        Map<HttpMethod, Function<AdminRequest, Future<AdminResponse>>> actions,
        @Nullable EntitySchema entity,
        Map<HttpMethod, Operation> unusual) {

    public Endpoint(
            String template,
            Map<HttpMethod, Function<AdminRequest, Future<AdminResponse>>> actions,
            EntitySchema entity) {
        this(template, actions, entity, Map.of());
    }

    public Endpoint(String template, Map<HttpMethod, Function<AdminRequest, Future<AdminResponse>>> actions) {
        this(template, actions, null, Map.of());
    }

    /** Creates an endpoint with one method. */
    public Endpoint(
            String template,
            HttpMethod method,
            Operation operation,
            Function<AdminRequest, Future<AdminResponse>> action) {
        this(template, Map.of(method, action), null, Map.of(method, operation));
    }

    /** Describes a method for the OpenAPI document. */
    public Operation operation(HttpMethod method) {
        Operation described = unusual.get(method);
        if (described != null) {
            return described;
        }
        EntitySchema body = WITH_BODY.contains(method) ? entity : null;
        boolean isList = isCollection() && method.equals(HttpMethod.GET);
        return new Operation(
                STATUS.getOrDefault(method, 200),
                isList && entity != null ? ListParameters.fields(entity) : List.of(),
                body);
    }

    /** The methods whose requests have a body. */
    public static final Set<HttpMethod> WITH_BODY = Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);

    private static final Map<HttpMethod, Integer> STATUS = Map.of(HttpMethod.POST, 201, HttpMethod.DELETE, 204);

    /** Returns whether the endpoint lists several entities. */
    public boolean isCollection() {
        return entity != null
                && (template.endsWith("/" + entity.path()) || template.endsWith("/" + entity.nestedPath()));
    }

    @Nullable
    public Function<AdminRequest, Future<AdminResponse>> action(HttpMethod method) {
        return actions.get(method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method);
    }

    /** Merges two endpoints of one path, which must not share a method. */
    Endpoint and(Endpoint other) {
        Map<HttpMethod, Function<AdminRequest, Future<AdminResponse>>> both = new LinkedHashMap<>(actions);
        other.actions.forEach((method, action) -> {
            if (both.put(method, action) != null) {
                throw new IllegalStateException("two actions for " + method + " " + template);
            }
        });
        Map<HttpMethod, Operation> operations = new LinkedHashMap<>(unusual);
        operations.putAll(other.unusual);
        return new Endpoint(template, Map.copyOf(both), entity == null ? other.entity : entity, Map.copyOf(operations));
    }

    /** Returns the value of {@code Allow} (RFC 9110 §10.2.1), in the order of Kong's. */
    public String allow() {
        Stream<String> implied =
                actions.containsKey(HttpMethod.GET) ? Stream.of("HEAD", "OPTIONS") : Stream.of("OPTIONS");
        return Stream.concat(actions.keySet().stream().map(HttpMethod::name), implied)
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
