package io.gatehouse.admin.entity;

import io.gatehouse.admin.entity.EntityWriter.Result;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.store.entity.WriteResult;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds an entity before it is stored.
 *
 * @param generated the plain secret, if it was generated and is stored as a hash; only the response to this write shows it
 */
record PendingEntity(Document document, Optional<Secret> generated) {

    /** Holds the plain value of a secret field. */
    record Secret(String field, String value) {}

    /** Creates a pending entity from a checked document and the values that determined it. */
    static PendingEntity of(EntitySchema schema, Document document, Map<String, @Nullable Object> given) {
        return new PendingEntity(
                document,
                schema.hashedField()
                        .filter(field -> given.get(field.name()) == null)
                        .filter(field -> document.flag(field.hashedIf().orElseThrow()))
                        .map(field -> new Secret(field.name(), document.string(field.name()))));
    }

    PendingEntity with(String field, String value) {
        return new PendingEntity(document.with(field, value), generated);
    }

    /** Returns the result of storing it. */
    Result result(WriteResult written) {
        Document stored = Objects.requireNonNull(written.after());
        return new Result(
                written,
                generated
                        .map(secret -> stored.with(secret.field(), secret.value()))
                        .orElse(stored));
    }
}
