package io.gatehouse.admin.http;

import io.gatehouse.entity.plugin.PluginSchema;
import io.gatehouse.entity.plugin.PluginSchemas;
import io.gatehouse.schema.SchemaViolation;
import io.gatehouse.store.StoreException;
import io.gatehouse.store.entity.BatchFailure;
import io.gatehouse.syntax.LogText;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maps every failure of a request to its response. */
public final class AdminErrorResponder {
    private static final Logger LOG = LoggerFactory.getLogger(AdminErrorResponder.class);
    /** Seconds. A restart of PostgreSQL takes about as long. */
    private static final String RETRY_AFTER = "5";
    /** Characters of a client's text in a line of the log. */
    private static final int MAX_TEXT = 200;

    private AdminErrorResponder() {}

    public static AdminResponse response(String requestId, Throwable failure) {
        AdminException rejection = rejection(failure);
        if (rejection != null) {
            // The message can repeat a key or a token.
            LOG.debug("[{}] Request rejected: {}", requestId, rejection.kind());
            Throwable single = failure instanceof BatchFailure batch ? batch.rejection() : failure;
            if (single instanceof SchemaViolation violation) {
                warnOfPlugin(requestId, violation);
            }
            return rejection.response();
        }
        if (failure instanceof StoreException.DatabaseUnavailable) {
            LOG.debug("[{}] {}", requestId, failure.getMessage());
            return AdminError.DATABASE_UNAVAILABLE
                    .exception()
                    .with("Retry-After", RETRY_AFTER)
                    .response();
        }
        LOG.error("[{}] Unexpected failure; responding 500", requestId, failure);
        return AdminError.UNEXPECTED.exception().response();
    }

    /** States which plugins exist if the request names another one: the file of an operator may stop there. */
    private static void warnOfPlugin(String requestId, SchemaViolation violation) {
        if (violation.fields().get("name") instanceof String text && text.startsWith("plugin '")) {
            LOG.warn(
                    "[{}] {}. Installed plugins: {}. docs/reference/plugins.md#kongs-other-plugins states why others are not",
                    requestId,
                    LogText.oneLine(text.substring(0, Math.min(text.length(), MAX_TEXT))),
                    PluginSchemas.installed().stream()
                            .map(PluginSchema::name)
                            .sorted()
                            .collect(Collectors.joining(", ")));
        }
    }

    /** Returns the rejection of a request that is at fault itself; null for another failure. */
    private static @Nullable AdminException rejection(Throwable failure) {
        if (failure instanceof AdminException rejection) {
            return rejection;
        }
        if (failure instanceof BatchFailure batch) {
            AdminException rejection = rejection(batch.rejection());
            return rejection == null ? null : rejection.detail("index", batch.index());
        }
        if (failure instanceof SchemaViolation violation) {
            return AdminError.SCHEMA_VIOLATION
                    .exception(String.valueOf(violation.getMessage()))
                    .detail("fields", violation.fields());
        }
        if (failure instanceof StoreException.PrimaryKeyViolation violation) {
            return AdminError.PRIMARY_KEY_VIOLATION
                    .exception("primary key violation on key '{id=\"" + violation.id() + "\"}'")
                    .detail("fields", Map.of("id", violation.id()));
        }
        if (failure instanceof StoreException.UniqueViolation violation) {
            return AdminError.UNIQUE_VIOLATION
                    .exception("UNIQUE violation detected on '" + luaTable(violation.fields()) + "'")
                    .detail("fields", violation.fields());
        }
        if (failure instanceof StoreException.ReferencedByOthers violation) {
            return AdminError.REFERENCED_BY_OTHERS.exception(String.valueOf(violation.getMessage()));
        }
        return reference(failure);
    }

    private static @Nullable AdminException reference(Throwable failure) {
        if (failure instanceof StoreException.ForeignKeyViolation violation) {
            return AdminError.FOREIGN_KEY_VIOLATION
                    .exception("the foreign key '{id=\"" + violation.id() + "\"}' does not reference an existing '"
                            + violation.reference() + "' entity.")
                    .detail("fields", Map.of(violation.field(), Map.of("id", violation.id())));
        }
        if (failure instanceof StoreException.StillReferenced violation) {
            return AdminError.FOREIGN_KEY_VIOLATION
                    .exception("an existing '" + violation.referencedBy() + "' entity references this '"
                            + violation.entity() + "' entity")
                    .detail("fields", Map.of("@referenced_by", violation.referencedBy()));
        }
        if (failure instanceof StoreException.UnresolvedReference violation) {
            String text = "the foreign key cannot be resolved with '{" + violation.key() + "=\"" + violation.value()
                    + "\"}' for an existing '" + violation.reference() + "' entity";
            return AdminError.FOREIGN_KEYS_UNRESOLVED
                    .exception(
                            "foreign key unresolved (" + violation.field() + "." + violation.key() + ": " + text + ")")
                    .detail("fields", Map.of(violation.field(), Map.of(violation.key(), text)));
        }
        return null;
    }

    /** Prints values in Kong's form, with the keys in alphabetical order: {@code {name="a",service={id="…"}}}. */
    private static String luaTable(Map<?, ?> values) {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        values.forEach((key, value) -> sorted.put(String.valueOf(key), value));
        return sorted.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + lua(entry.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String lua(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        return value instanceof Map<?, ?> map ? luaTable(map) : "\"" + value + "\"";
    }
}
