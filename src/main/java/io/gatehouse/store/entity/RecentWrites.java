package io.gatehouse.store.entity;

import io.gatehouse.config.ClusterTimings;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.store.Database;
import io.gatehouse.store.InvalidationLog;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.List;

/** Reads the effects of the writes of the last seconds: the newest version of the configuration, and the invalidations. */
final class RecentWrites {
    private static final String READ =
            """
            SELECT (SELECT version FROM catalog_version) AS catalog_version,
                   (SELECT array_agg(digest) FROM
                     (SELECT digest FROM credential_invalidations
                       WHERE noted_at >= extract(epoch FROM now())::bigint - %d
                       LIMIT %d) recent) AS digests""".formatted(ClusterTimings.REPUBLISHED.toSeconds(), InvalidationLog.MAX_LISTED + 1);

    private RecentWrites() {}

    static Future<WriteResult> read(Database database) {
        return database.query(READ, Tuple.tuple()).map(rows -> {
            Row row = rows.iterator().next();
            Buffer[] digests = row.getArrayOfBuffers("digests");
            return new WriteResult(
                    null,
                    null,
                    row.getLong("catalog_version"),
                    digests == null
                            ? List.of()
                            : Arrays.stream(digests)
                                    .map(digest -> CredentialDigest.ofBytes(digest.getBytes()))
                                    .toList());
        });
    }
}
