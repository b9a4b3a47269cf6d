package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.Changes;
import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Runs the statements of the version before migration V9, letter by letter, on the migrated database: a node of that version
 * keeps working during a roll-out. Delete this class with the migration that drops the views.
 */
class PreviousVersionTest {
    private static final CredentialDigest DIGEST = CredentialDigest.of("revoked by the previous version");

    private static final String NOTE = "INSERT INTO untrue_facts (digest) SELECT unnest($1::bytea[])";

    private static final String LATELY = """
            SELECT (SELECT version FROM catalog_version) AS catalog_version,
                   (SELECT array_agg(digest) FROM
                     (SELECT digest FROM untrue_facts WHERE noted_at >= extract(epoch FROM now())::bigint - 10
                       ORDER BY noted_at DESC LIMIT 1000) newest) AS digests""";

    private static final String SEE = """
            INSERT INTO nodes (node_id, name, seen_at, writes, remembers_until)
            VALUES ($1, $2, now(), $3, now() + make_interval(secs => $4))
            ON CONFLICT (node_id) DO UPDATE SET seen_at = now(), remembers_until = excluded.remembers_until""";

    private static final String AT_WORK =
            "SELECT node_id FROM nodes WHERE writes AND seen_at > now() - make_interval(secs => 10)"
                    + " UNION SELECT node_id FROM nodes WHERE remembers_until > now()";

    private static final String READ = """
            WITH asked AS (SELECT $1::text::pg_snapshot AS since),
                 missed AS (SELECT digest FROM untrue_facts, asked
                             WHERE xact >= pg_snapshot_xmin(since) AND NOT pg_visible_in_snapshot(xact, since)
                            UNION ALL
                            SELECT digest FROM untrue_facts WHERE (SELECT since IS NULL FROM asked)
                             LIMIT 5001)
            SELECT pg_current_snapshot()::text AS until,
                   since IS NULL OR (pg_snapshot_xmax(since) <= pg_snapshot_xmax(pg_current_snapshot())
                     AND pg_visible_in_snapshot((SELECT xact FROM untrue_facts_removed), since)) AS reaches_back,
                   (SELECT array_agg(digest) FROM missed) AS digests
              FROM asked""";

    private static final String REMOVE_OLD = """
            WITH gone AS (DELETE FROM untrue_facts WHERE noted_at < extract(epoch FROM now()) - 4200 RETURNING xact),
                 newest AS (SELECT max(xact::text::numeric) AS xact FROM gone)
            UPDATE untrue_facts_removed removed SET xact = newest.xact::text::xid8 FROM newest
             WHERE newest.xact > removed.xact::text::numeric""";

    private StoreFixture store;

    @BeforeEach
    void open() {
        store = new StoreFixture();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Row read(@Nullable String since) {
        return await(store.database.query(READ, TokenRows.tuple(since)))
                .iterator()
                .next();
    }

    private static List<CredentialDigest> digests(Row row) {
        Buffer[] digests = row.getArrayOfBuffers("digests");
        return digests == null
                ? List.of()
                : List.of(digests).stream()
                        .map(digest -> CredentialDigest.ofBytes(digest.getBytes()))
                        .toList();
    }

    @Test
    void currentNode_readsAnInvalidation_thatANodeOfThePreviousVersionLogged() {
        String since = await(store.changes.since(null)).until();

        await(store.database.query(NOTE, Tuple.of(TokenRows.bytes(List.of(DIGEST)))));

        Changes changes = await(store.changes.since(since));
        assertThat(changes.isAll()).isTrue();
        assertThat(changes.invalidated()).containsExactly(DIGEST);
        assertThat(await(store.entities.recentWrites()).invalidated()).contains(DIGEST);
    }

    @Test
    void nodeOfThePreviousVersion_readsAnInvalidation_thatACurrentNodeLogged() {
        String since = read(null).getString("until");

        await(store.database.withTransaction(connection -> InvalidationLog.add(connection, List.of(DIGEST))));

        Row row = read(since);
        assertThat(row.getBoolean("reaches_back")).isTrue();
        assertThat(digests(row)).containsExactly(DIGEST);
        assertThat(digests(await(store.database.query(LATELY, Tuple.tuple()))
                        .iterator()
                        .next()))
                .contains(DIGEST);
    }

    @Test
    void currentNode_dropsItsCaches_whenANodeOfThePreviousVersionTrimmedTheLog() {
        String since = await(store.changes.since(null)).until();
        await(store.database.withTransaction(connection -> InvalidationLog.add(connection, List.of(DIGEST))));
        await(store.database.query("UPDATE untrue_facts SET noted_at = noted_at - 7200", Tuple.tuple()));

        await(store.database.query(REMOVE_OLD, Tuple.tuple()));

        assertThat(await(store.changes.since(since)).isAll()).isFalse();
        assertThat(read(since).getBoolean("reaches_back")).isFalse();
        assertThat(await(store.changes.since(null)).invalidated()).isEmpty();
    }

    @Test
    void nodesOfBothVersions_areActiveForEachOther_untilTheyLeave() {
        await(store.database.query(SEE, TokenRows.tuple("previous", "host/admin", true, 60.0)));
        await(store.database.query(SEE, TokenRows.tuple("previous", "host/admin", true, 60.0)));
        await(store.changes.recordNode("current", "host/proxy", false, Duration.ofMinutes(1)));

        assertThat(await(store.changes.activeNodes())).containsExactlyInAnyOrder("previous", "current");
        assertThat(await(store.changes.since(null)).writers()).containsExactly("previous");
        assertThat(await(store.changes.names(List.of("previous")))).containsEntry("previous", "host/admin");
        assertThat(await(store.database.query(AT_WORK, Tuple.tuple())).stream().map(row -> row.getString(0)))
                .containsExactlyInAnyOrder("previous", "current");

        await(store.database.query("DELETE FROM nodes WHERE node_id = $1", Tuple.of("previous")));
        await(store.database.query("DELETE FROM nodes WHERE seen_at < now() - interval '1 hour'", Tuple.tuple()));
        assertThat(await(store.changes.activeNodes())).containsExactly("current");
    }
}
