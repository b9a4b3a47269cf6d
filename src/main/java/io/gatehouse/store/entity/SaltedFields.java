package io.gatehouse.store.entity;

import io.gatehouse.credential.BasicState;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.SchemaViolation;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Hashes the values that the id of a referenced entity salts ({@link Field#saltedBy}).
 *
 * <p><i>Why</i>: the store does it after it has resolved the references, so that no write stores such a value in clear.
 */
final class SaltedFields {
    private SaltedFields() {}

    /**
     * Hashes the values that differ from the stored hashes.
     *
     * @param wanted the entity to store, whose references are ids
     * @throws SchemaViolation if a stored hash remains and its salt does not, because no value would match it
     */
    static Document hash(EntitySchema schema, Document wanted, @Nullable Document current) {
        Document hashed = wanted;
        for (Field field : schema.fields()) {
            String reference = field.saltedBy().orElse(null);
            if (reference == null) {
                continue;
            }
            UUID salt = wanted.reference(reference);
            if (salt == null) {
                throw new IllegalStateException("field '" + reference + "', the salt of a hash, is not resolved");
            }
            String value = wanted.string(field.name());
            if (current == null || !value.equals(current.optionalString(field.name()))) {
                hashed = hashed.with(field.name(), BasicState.hash(value, salt));
            } else if (!salt.equals(current.reference(reference))) {
                throw new SchemaViolation(Map.of(field.name(), "required with another " + reference));
            }
        }
        return hashed;
    }
}
