package io.gatehouse.store.entity;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.store.InvalidationLog;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Collects what the writes of one transaction change for the nodes, and logs it at the end of the transaction: one version of the
 * catalog for all of them, and the invalidated credentials.
 */
final class WriteEffects {
    private final Map<String, Set<UUID>> changed = new LinkedHashMap<>();
    private final List<CredentialDigest> invalidated = new ArrayList<>();

    /** Adds entities that the data path uses. */
    void changed(String entity, Collection<UUID> ids) {
        changed.computeIfAbsent(entity, name -> new LinkedHashSet<>()).addAll(ids);
    }

    void invalidated(List<CredentialDigest> digests) {
        invalidated.addAll(digests);
    }

    /**
     * Logs the effects. It takes the lock of the catalog's version, so it is the last step of a transaction.
     *
     * @param writes the entities before and after each write
     * @return the result of each write, all with the effects of the transaction
     */
    Future<List<WriteResult>> log(SqlConnection connection, List<EntityTransaction.Write> writes) {
        return InvalidationLog.add(connection, invalidated)
                .compose(digests -> CatalogChanges.log(connection, changed)
                        .map(version -> writes.stream()
                                .map(write -> new WriteResult(write.before(), write.after(), version, digests))
                                .toList()));
    }
}
