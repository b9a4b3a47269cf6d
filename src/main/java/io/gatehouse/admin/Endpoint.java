package io.gatehouse.admin;

import io.gatehouse.entity.EntitySchema;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A path template, such as {@code /services/{services}}, and what each method does there.
 *
 * @param actions by method; HEAD is GET without a body, OPTIONS answers itself
 * @param entity what is read and written there, if it is one kind of entity
 */
record Endpoint(
        String template,
        Map<HttpMethod, Function<AdminRequest, Future<Answer>>> actions,
        @Nullable EntitySchema entity) {

    Endpoint(String template, Map<HttpMethod, Function<AdminRequest, Future<Answer>>> actions) {
        this(template, actions, null);
    }

    /** Whether several entities are listed there. */
    boolean isCollection() {
        return entity != null
                && (template.endsWith("/" + entity.path()) || template.endsWith("/" + entity.nestedPath()));
    }

    @Nullable
    Function<AdminRequest, Future<Answer>> action(HttpMethod method) {
        return actions.get(method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method);
    }

    /** This one and another of the same path, which must not share a method. */
    Endpoint and(Endpoint other) {
        Map<HttpMethod, Function<AdminRequest, Future<Answer>>> both = new LinkedHashMap<>(actions);
        other.actions.forEach((method, action) -> {
            if (both.put(method, action) != null) {
                throw new IllegalStateException("two actions for " + method + " " + template);
            }
        });
        return new Endpoint(template, Map.copyOf(both), entity == null ? other.entity : entity);
    }

    /** The methods allowed, as {@code Allow} lists them (RFC 9110 §10.2.1). */
    String allow() {
        List<String> methods = new ArrayList<>();
        for (HttpMethod method :
                List.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE)) {
            if (actions.containsKey(method)) {
                methods.add(method.name());
                if (method.equals(HttpMethod.GET)) {
                    methods.add("HEAD");
                }
            }
        }
        methods.add("OPTIONS");
        return methods.stream().collect(Collectors.joining(", "));
    }
}
