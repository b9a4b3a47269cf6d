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

/** Replaces references by key with references by id. */
final class References {
    /** Finds an entity by its key. */
    interface Finder {
        Future<@Nullable Document> find(EntitySchema schema, String key);
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
        Future<Optional<Document>> found = key.equals(target.key())
                ? finder.find(target, value).map(Optional::ofNullable)
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
