package io.gatehouse.admin.entity;

import io.gatehouse.admin.audit.Auditor;
import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.Operation;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Field;
import io.gatehouse.store.BulkRevocation;
import io.gatehouse.store.entity.EntityRef;
import io.gatehouse.store.entity.EntityStore;
import io.gatehouse.store.entity.WriteResult;
import io.gatehouse.syntax.form.FormPair;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Revokes all access tokens of a resource owner, of a client (its id or {@code client_id}), or of both:
 * {@code DELETE /oauth2_tokens?authenticated_userid=…&credential=…}. Responds {@code {"deleted": n}} when every node rejects them. Kong
 * has no such endpoint.
 */
public final class TokenEndpoints {
    private static final Operation OPERATION =
            Operation.of(200, Field.string("authenticated_userid"), Field.string("credential"));

    private final EntityStore entities;
    private final BulkRevocation revocation;
    private final WritePublisher publisher;
    private final Auditor auditor;

    public TokenEndpoints(EntityStore entities, BulkRevocation revocation, WritePublisher publisher, Auditor auditor) {
        this.entities = entities;
        this.revocation = revocation;
        this.publisher = publisher;
        this.auditor = auditor;
    }

    public List<Endpoint> all() {
        return List.of(new Endpoint("/oauth2_tokens", HttpMethod.DELETE, OPERATION, this::revoke));
    }

    private Future<AdminResponse> revoke(AdminRequest request) {
        requireKnownParameters(request);
        requireNoFieldInTheBody(request);
        Optional<String> owner = text(request, "authenticated_userid");
        Optional<String> client = text(request, "credential");
        if (owner.isEmpty() && client.isEmpty()) {
            throw AdminError.BAD_REQUEST.exception("authenticated_userid or credential is required");
        }
        Future<@Nullable UUID> credential = client.isEmpty() ? Future.succeededFuture() : credential(client.get());
        return credential
                .compose(id -> new Revocation(request, owner.orElse(null), id).removeAll())
                .compose(Revocation::response);
    }

    /** Rejects an unknown parameter, because a misspelt filter would revoke more tokens. */
    private static void requireKnownParameters(AdminRequest request) {
        request.query().stream()
                .map(FormPair::name)
                .filter(name -> !OPERATION.hasQuery(name))
                .findFirst()
                .ifPresent(name -> {
                    throw AdminError.BAD_REQUEST.exception("unknown query parameter '" + name + "'");
                });
    }

    /** Rejects a field of the body, because without that filter the request would revoke more tokens. */
    private static void requireNoFieldInTheBody(AdminRequest request) {
        request.body().names().stream().findFirst().ifPresent(name -> {
            throw AdminError.BAD_REQUEST.exception("'" + name + "' must be a query parameter, not a field of the body");
        });
    }

    /** Returns a parameter. An empty one is rejected, because without it the request would revoke more tokens. */
    private static Optional<String> text(AdminRequest request, String name) {
        Optional<String> value = request.parameter(name);
        if (value.filter(String::isEmpty).isPresent()) {
            throw AdminError.BAD_REQUEST.exception(name + " must be an unempty string");
        }
        // PostgreSQL compares no text that contains NUL.
        if (value.filter(text -> text.indexOf('\0') >= 0).isPresent()) {
            throw AdminError.BAD_REQUEST.exception(name + " must not contain a NUL");
        }
        return value;
    }

    private Future<@Nullable UUID> credential(String idOrClientId) {
        return entities.find(EntitySchemas.OAUTH2_CREDENTIALS, EntityRef.of(idOrClientId))
                .map(found -> found.orElseThrow(AdminError.NOT_FOUND::exception).id());
    }

    /** Holds the progress of one request. */
    private final class Revocation {
        private final AdminRequest request;
        private final @Nullable String owner;
        private final @Nullable UUID credential;
        private final Set<String> lateNodes = new LinkedHashSet<>();
        private long deleted;

        Revocation(AdminRequest request, @Nullable String owner, @Nullable UUID credential) {
            this.request = request;
            this.owner = owner;
            this.credential = credential;
        }

        /** Removes all batches. Each is published when it is committed, because a later one can fail. */
        Future<Revocation> removeAll() {
            return revocation
                    .removeBatch(owner, credential, auditor.of(request))
                    .compose(batch -> {
                        deleted += batch.removed();
                        return publisher
                                .publish(request, new WriteResult(null, null, 0, batch.accessTokens()))
                                .compose(late -> {
                                    lateNodes.addAll(late);
                                    return batch.isLast() ? Future.succeededFuture(this) : removeAll();
                                });
                    });
        }

        /**
         * If no token was left, publishes the writes of the last seconds again, as the repeat of any DELETE does: a node may have
         * removed the tokens and crashed before it published that.
         */
        Future<AdminResponse> response() {
            AdminResponse response = AdminResponse.ok(Map.of("deleted", deleted));
            return deleted > 0
                    ? publisher.marked(response, List.copyOf(lateNodes))
                    : entities.recentWrites().compose(written -> publisher.republish(request, written, response));
        }
    }
}
