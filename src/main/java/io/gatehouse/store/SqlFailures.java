package io.gatehouse.store;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.SchemaViolation;
import io.vertx.core.Future;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Translates failures of PostgreSQL and the driver into failures of the store. */
public final class SqlFailures {
    private static final String READ_ONLY = "25006";
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String FOREIGN_KEY_VIOLATION = "23503";
    private static final String NOT_NULL_VIOLATION = "23502";

    /** A value exceeds a limit of PostgreSQL, such as the size of an index entry. */
    private static final String PROGRAM_LIMIT_EXCEEDED = "54000";

    /** Deadlocks and serialization failures: PostgreSQL has rolled this transaction back, and it may be repeated. */
    private static final Set<String> COLLISIONS = Set.of("40P01", "40001");

    /** PostgreSQL responds, but it is stopping, starting, full, misconfigured, or read-only after a fail-over. */
    private static final Set<String> UNAVAILABLE = Set.of(
            "57P01",
            "57P02",
            "57P03",
            "57P04",
            "53300",
            READ_ONLY,
            "57014",
            "53100",
            "53200",
            "55P03",
            "3D000",
            "28P01",
            "28000",
            // A limit of the server has ended the session: of an idle transaction, a transaction, an idle session.
            "25P03",
            "25P04",
            "57P05",
            // Its disk fails, or it is out of another resource.
            "58030",
            "53000",
            "53400");

    private SqlFailures() {}

    public static <T> Future<T> onWrite(EntitySchema schema, Document document, Throwable failure) {
        if (!(failure instanceof PgException sql)) {
            return Future.failedFuture(failure);
        }
        if (PROGRAM_LIMIT_EXCEEDED.equals(sql.getSqlState())) {
            return Future.failedFuture(
                    new SchemaViolation(Map.of(SchemaViolation.ENTITY, List.of("a value is too large"))));
        }
        if (sql.getConstraint() == null) {
            return Future.failedFuture(failure);
        }
        String constraint = sql.getConstraint();
        if (UNIQUE_VIOLATION.equals(sql.getSqlState())) {
            return Future.failedFuture(unique(schema, document, constraint));
        }
        if (FOREIGN_KEY_VIOLATION.equals(sql.getSqlState())) {
            for (Field reference : schema.references()) {
                if (constraint.equals(schema.name() + "_" + reference.name() + "_fkey")) {
                    return Future.failedFuture(new StoreException.ForeignKeyViolation(
                            reference.name(),
                            reference.reference(),
                            Objects.requireNonNull(document.reference(reference.name()))
                                    .toString()));
                }
            }
        }
        return Future.failedFuture(failure);
    }

    private static StoreException unique(EntitySchema schema, Document document, String constraint) {
        if (constraint.equals(schema.name() + "_pkey")) {
            return new StoreException.PrimaryKeyViolation(document.string("id"));
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (constraint.endsWith("_together_key")) {
            schema.uniqueTogether().forEach(name -> fields.put(name, document.get(name)));
        } else {
            String field = constraint.substring(schema.name().length() + 1, constraint.length() - "_key".length());
            fields.put(field, document.get(field));
        }
        return new StoreException.UniqueViolation(fields);
    }

    /** Translates the failure of a statement that stores a token, a code or a request of an authenticated client. */
    static <T> Future<T> onIssue(Throwable failure) {
        if (!(failure instanceof PgException sql)) {
            return Future.failedFuture(failure);
        }
        // A token of a client that is deleted has no credential (TokenRows); a code has one that does not exist.
        boolean isForeignKey = FOREIGN_KEY_VIOLATION.equals(sql.getSqlState());
        boolean isClient = NOT_NULL_VIOLATION.equals(sql.getSqlState())
                || (isForeignKey && String.valueOf(sql.getConstraint()).endsWith("_credential_fkey"));
        return Future.failedFuture(isClient || isForeignKey ? new StoreException.OwnerDeleted(isClient) : failure);
    }

    public static <T> Future<T> onDelete(EntitySchema schema, Throwable failure) {
        if (failure instanceof PgException sql
                && sql.getConstraint() != null
                && FOREIGN_KEY_VIOLATION.equals(sql.getSqlState())) {
            String constraint = sql.getConstraint();
            for (EntitySchema other : EntitySchemas.all()) {
                if (other.references().stream()
                        .anyMatch(field -> constraint.equals(other.name() + "_" + field.name() + "_fkey"))) {
                    return Future.failedFuture(new StoreException.StillReferenced(schema.name(), other.name()));
                }
            }
        }
        return Future.failedFuture(failure);
    }

    /** Whether the same transaction may succeed if it is repeated. */
    static boolean isCollision(Throwable failure) {
        return failure instanceof PgException sql && COLLISIONS.contains(sql.getSqlState());
    }

    /** Whether the server is read-only: a replica, or a demoted primary. */
    static boolean isReadOnly(Throwable failure) {
        return failure instanceof PgException sql && READ_ONLY.equals(sql.getSqlState());
    }

    /** Distinguishes an unavailable database from a statement that PostgreSQL rejects. */
    static Throwable translate(Throwable failure) {
        if (failure instanceof PgException sql) {
            return UNAVAILABLE.contains(sql.getSqlState()) || isCollision(sql)
                    ? new StoreException.DatabaseUnavailable(sql)
                    : sql;
        }
        return isWithoutResponse(failure) ? new StoreException.DatabaseUnavailable(failure) : failure;
    }

    private static boolean isWithoutResponse(Throwable failure) {
        return failure instanceof IOException
                || failure instanceof ClosedConnectionException
                || failure instanceof TimeoutException
                // The pool's exception: too many requests wait for a connection.
                || failure instanceof VertxException;
    }
}
