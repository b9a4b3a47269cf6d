package io.gatehouse.store;

import io.gatehouse.schema.EntitySchema;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reports why the store rejected a request or could not serve it. Expected, so it has no stack trace. */
public abstract class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private StoreException(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }

    /** PostgreSQL is unreachable or did not respond in time. A write may or may not have been committed. */
    public static final class DatabaseUnavailable extends StoreException {
        private static final long serialVersionUID = 1L;

        DatabaseUnavailable(Throwable cause) {
            super("database unavailable: " + cause.getMessage(), cause);
        }

        public DatabaseUnavailable(String reason) {
            super("database unavailable: " + reason, null);
        }
    }

    /** Another entity has the same values; {@code fields} as in docs/reference/admin-api.md#errors, code 5. */
    public static final class UniqueViolation extends StoreException {
        private static final long serialVersionUID = 1L;
        private final transient Map<String, @Nullable Object> fields;

        UniqueViolation(Map<String, @Nullable Object> fields) {
            super("unique violation on " + fields.keySet(), null);
            this.fields = fields;
        }

        public Map<String, @Nullable Object> fields() {
            return fields;
        }
    }

    /** An entity with this id exists. */
    public static final class PrimaryKeyViolation extends StoreException {
        private static final long serialVersionUID = 1L;
        private final String id;

        PrimaryKeyViolation(String id) {
            super("primary key violation on " + id, null);
            this.id = id;
        }

        public String id() {
            return id;
        }
    }

    /** A reference to an entity that does not exist. */
    public static final class ForeignKeyViolation extends StoreException {
        private static final long serialVersionUID = 1L;
        private final String field;
        private final String reference;
        private final String id;

        public ForeignKeyViolation(String field, String reference, String id) {
            super("no " + reference + " with id " + id, null);
            this.field = field;
            this.reference = reference;
            this.id = id;
        }

        /** The referencing field, such as {@code service}. */
        public String field() {
            return field;
        }

        /** The entity referenced, such as {@code services}. */
        public String reference() {
            return reference;
        }

        public String id() {
            return id;
        }
    }

    /** An owner of a token, code, pushed request or client was deleted while that was being stored. */
    public static final class OwnerDeleted extends StoreException {
        private static final long serialVersionUID = 1L;
        private final boolean isClient;

        public OwnerDeleted(boolean isClient) {
            super("the " + (isClient ? "client" : "Service or plugin") + " has been deleted", null);
            this.isClient = isClient;
        }

        /** Whether it is the client, and not the Service or plugin. */
        public boolean isClient() {
            return isClient;
        }
    }

    /** A reference by key to an entity that does not exist. */
    public static final class UnresolvedReference extends StoreException {
        private static final long serialVersionUID = 1L;
        private final String field;
        private final String reference;
        private final String key;
        private final String value;

        public UnresolvedReference(String field, String reference, String key, String value) {
            super("no " + reference + " with " + key + " " + value, null);
            this.field = field;
            this.reference = reference;
            this.key = key;
            this.value = value;
        }

        public String field() {
            return field;
        }

        public String reference() {
            return reference;
        }

        public String key() {
            return key;
        }

        public String value() {
            return value;
        }
    }

    /** The entity cannot be deleted while another one lists its id. */
    public static final class ReferencedByOthers extends StoreException {
        private static final long serialVersionUID = 1L;

        public ReferencedByOthers(EntitySchema entity, String id, EntitySchema other, UUID otherId) {
            super(
                    singular(entity) + " " + id + " is still referenced by " + other.name() + " (id = " + otherId + ")",
                    null);
        }

        private static String singular(EntitySchema entity) {
            String name = entity.name().replace('_', ' ');
            return name.substring(0, name.length() - 1);
        }
    }

    /** The entity cannot be deleted while another one references it. */
    public static final class StillReferenced extends StoreException {
        private static final long serialVersionUID = 1L;
        private final String entity;
        private final String referencedBy;

        StillReferenced(String entity, String referencedBy) {
            super("an existing " + referencedBy + " references this " + entity, null);
            this.entity = entity;
            this.referencedBy = referencedBy;
        }

        public String entity() {
            return entity;
        }

        public String referencedBy() {
            return referencedBy;
        }
    }
}
