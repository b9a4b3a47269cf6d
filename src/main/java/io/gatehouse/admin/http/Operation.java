package io.gatehouse.admin.http;

import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes one method of an endpoint for the OpenAPI document, where it differs from the usual one.
 *
 * @param status of a success
 * @param query the parameters of the query
 * @param body the entity that the body contains; null if the body contains none
 * @param isBatch whether the body and the response contain a list of such entities
 * @param listed the entity of which the response is a page; null if the path or {@code body} states what the response contains
 */
public record Operation(
        int status,
        List<Field> query,
        @Nullable EntitySchema body,
        boolean isBatch,
        @Nullable EntitySchema listed) {
    Operation(int status, List<Field> query, @Nullable EntitySchema body) {
        this(status, query, body, false, null);
    }

    public static Operation of(int status, Field... query) {
        return new Operation(status, List.of(query), null);
    }

    public static Operation query(List<Field> query) {
        return new Operation(200, query, null);
    }

    public static Operation body(EntitySchema body) {
        return new Operation(200, List.of(), body);
    }

    public static Operation batch(EntitySchema body) {
        return new Operation(200, List.of(), body, true, null);
    }

    /** Describes a page of entities that have no endpoints of their own. */
    public static Operation list(List<Field> query, EntitySchema listed) {
        return new Operation(200, query, null, false, listed);
    }

    /** Returns whether the query has a parameter of that name. */
    public boolean hasQuery(String name) {
        return query.stream().anyMatch(field -> field.name().equals(name));
    }
}
