package io.gatehouse.store.entity;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.store.StoreException;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Replaces references by a unique field, such as a name, with references by id. */
final class References {
    /** Finds an entity by the value of a unique field. */
    interface Finder {
        Future<@Nullable Document> find(EntitySchema schema, Field unique, String value);
    }

    private References() {}

    /** Resolves all references. Fails with a {@link StoreException} that names the first one without an entity. */
    static Future<Document> resolve(Finder finder, EntitySchema schema, Document document) {
        Future<Document> resolved = Future.succeededFuture(document);
        for (Field reference : schema.references()) {
            resolved = resolved.compose(current -> resolve(finder, reference, current));
        }
        return resolved;
    }

    private static Future<Document> resolve(Finder finder, Field reference, Document document) {
        if (!(document.get(reference.name()) instanceof Map<?, ?> map) || map.get("id") instanceof String) {
            return Future.succeededFuture(document);
        }
        EntitySchema target = EntitySchemas.find(reference.reference()).orElseThrow();
        Map.Entry<?, ?> entry = map.entrySet().iterator().next();
        String key = (String) entry.getKey();
        String value = (String) entry.getValue();
        Optional<Field> unique = target.namingFields().stream()
                .filter(field -> field.name().equals(key))
                .findFirst();
        Future<Optional<Document>> found = unique.isPresent()
                ? finder.find(target, unique.get(), value).map(Optional::ofNullable)
                : Future.succeededFuture(Optional.empty());
        return found.map(entity -> document.with(
                reference.name(),
                Map.of(
                        "id",
                        entity.orElseThrow(() -> new StoreException.UnresolvedReference(
                                        reference.name(), reference.reference(), key, value))
                                .string("id"))));
    }
}
