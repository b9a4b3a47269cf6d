package io.gatehouse.admin.entity;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Hashes the secret of an OAuth 2.0 client when its {@code hash_secret} asks for it (docs/reference/oauth2.md#entities). */
final class ClientSecrets {
    private static final String SECRET = "client_secret";

    private final WorkerExecutor worker;

    ClientSecrets(WorkerExecutor worker) {
        this.worker = worker;
    }

    /**
     * @param isGenerated whether the secret is ours, so that the client has yet to learn it
     */
    Future<PendingEntity> seal(EntitySchema schema, Document wanted, @Nullable Document current, boolean isGenerated) {
        String secret = schema.name().equals(EntitySchemas.OAUTH2_CREDENTIALS.name()) && wanted.flag("hash_secret")
                ? wanted.optionalString(SECRET)
                : null;
        // What is hashed already is kept: clients send back what they read, and hashes move between gateways.
        if (secret == null || HashedSecret.parse(secret).isPresent()) {
            return Future.succeededFuture(new PendingEntity(wanted, Map.of()));
        }
        Optional<HashedSecret> stored = current == null
                ? Optional.empty()
                : Optional.ofNullable(current.optionalString(SECRET)).flatMap(HashedSecret::parse);
        String storedText = current == null || stored.isEmpty() ? "" : current.string(SECRET);
        return worker.executeBlocking(
                        // The same secret keeps its hash, so that repeating a write changes nothing.
                        () -> stored.isPresent() && stored.get().matches(secret)
                                ? storedText
                                : HashedSecret.of(secret).phc(),
                        false)
                .map(phc -> {
                    Map<String, @Nullable Object> values = new LinkedHashMap<>(wanted.values());
                    values.put(SECRET, phc);
                    return new PendingEntity(new Document(values), isGenerated ? Map.of(SECRET, secret) : Map.of());
                });
    }
}
