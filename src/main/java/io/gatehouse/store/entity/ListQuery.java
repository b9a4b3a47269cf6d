package io.gatehouse.store.entity;

import io.gatehouse.schema.Document;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Selects a page of entities.
 *
 * @param size the most entities of a page
 * @param after the last entity of the previous page; null: the first page
 * @param tags tags that the entities must have; empty: no condition
 * @param anyTag whether one of the tags is sufficient
 * @param equal values of fields: a text, or the id of a reference
 */
public record ListQuery(
        int size, Order order, @Nullable Position after, List<String> tags, boolean anyTag, Map<String, Object> equal) {

    /** Lists the orders of a page. Each is total, so that a page continues where the previous one ended. */
    public enum Order {
        BY_ID {
            @Override
            public Position of(Document entity) {
                return new Position(0, entity.id());
            }
        },
        NEWEST_FIRST {
            @Override
            public Position of(Document entity) {
                return new Position(entity.number("created_at").doubleValue(), entity.id());
            }
        };

        /** Returns the position of an entity in this order. */
        public abstract Position of(Document entity);
    }

    /**
     * Names a position in an order.
     *
     * @param createdAt of the entity; 0 if the order does not depend on it
     */
    public record Position(double createdAt, UUID id) {
        /** Returns the text that {@link #parse} reads. */
        public String text() {
            return createdAt == 0 ? id.toString() : createdAt + "/" + id;
        }

        /** Parses a text; empty if it is not a position. */
        public static Optional<Position> parse(String text) {
            int slash = text.indexOf('/');
            String id = text.substring(slash + 1);
            try {
                return id.length() == 36
                        ? Optional.of(new Position(
                                slash < 0 ? 0 : Double.parseDouble(text.substring(0, slash)), UUID.fromString(id)))
                        : Optional.empty();
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }
}
