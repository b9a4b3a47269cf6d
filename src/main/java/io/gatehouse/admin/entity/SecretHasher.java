package io.gatehouse.admin.entity;

import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Hashes the secret of an entity if its schema and the entity demand it (docs/reference/oauth2.md#entities). */
final class SecretHasher {
    private final WorkerExecutor worker;

    SecretHasher(WorkerExecutor worker) {
        this.worker = worker;
    }

    /** Returns whether the entity has a secret that is stored as a hash. */
    boolean isNeeded(EntitySchema schema, PendingEntity pending) {
        return schema.hashedField()
                .filter(hashed -> pending.document().flag(hashed.hashedIf().orElseThrow()))
                .isPresent();
    }

    /** Returns the entity with its secret hashed, on a worker thread; the same entity if nothing is to be hashed. */
    Future<PendingEntity> hash(EntitySchema schema, PendingEntity pending, @Nullable Document current) {
        Optional<Field> field = schema.hashedField()
                .filter(hashed -> pending.document().flag(hashed.hashedIf().orElseThrow()));
        String secret = field.map(hashed -> pending.document().optionalString(hashed.name()))
                .orElse(null);
        // A hash is stored as it is. Clients send back what they read, and hashes move between gateways.
        if (field.isEmpty() || secret == null || HashedSecret.parse(secret).isPresent()) {
            return Future.succeededFuture(pending);
        }
        String name = field.get().name();
        String stored = current == null ? null : current.optionalString(name);
        return worker.executeBlocking(() -> pending.with(name, hash(secret, stored)), false);
    }

    /** The same secret keeps its hash, so that a repeated write changes nothing. */
    private static String hash(String secret, @Nullable String stored) {
        return stored != null
                        && HashedSecret.parse(stored)
                                .filter(hashed -> hashed.matches(secret))
                                .isPresent()
                ? stored
                : HashedSecret.of(secret).phc();
    }
}
