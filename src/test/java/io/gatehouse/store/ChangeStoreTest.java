package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.credential.Changes;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.store.entity.EntityRef;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests that repeated reads of the change feed return every change once, with concurrent transactions. */
class ChangeStoreTest {
    private static StoreFixture store;
    private static Document credential;

    @BeforeAll
    static void open() {
        store = new StoreFixture();
        credential = store.credential("changes-client");
    }

    @AfterAll
    static void close() {
        store.close();
    }

    private static String now() {
        return read(null).until();
    }

    private static Changes read(@Nullable String since) {
        return await(store.changes.since(since));
    }

    private static void importToken(String token) {
        store.insert(
                EntitySchemas.OAUTH2_TOKENS,
                Map.of(
                        "credential",
                        Map.of("id", credential.string("id")),
                        "expires_in",
                        3600L,
                        "access_token",
                        token));
    }

    /** The shared cache may hold entries that are older than the node. */
    @Test
    void firstRead_returnsTheWholeLog() {
        importToken("before-the-first-question");

        Changes changes = read(null);

        assertThat(changes.isAll()).isTrue();
        assertThat(changes.invalidated()).contains(CredentialDigest.of("before-the-first-question"));
        assertThat(changes.catalogVersion()).isEqualTo(store.version());
        assertThat(read(changes.until()).invalidated()).isEmpty();
    }

    @Test
    void importedOrDeletedToken_isInvalidatedOnce() {
        String since = now();
        importToken("invalidated-once");
        Changes imported = read(since);
        await(store.entities.delete(EntitySchemas.OAUTH2_TOKENS, EntityRef.of("invalidated-once")));
        Changes deleted = read(imported.until());

        assertThat(imported.invalidated()).containsExactly(CredentialDigest.of("invalidated-once"));
        assertThat(deleted.invalidated()).containsExactly(CredentialDigest.of("invalidated-once"));
        assertThat(read(deleted.until()).invalidated()).isEmpty();
    }

    @Test
    void transactionOpenDuringTheRead_isReadAfterItsCommit() {
        String before = now();
        Promise<Void> noted = Promise.promise();
        Promise<Void> mayCommit = Promise.promise();
        var slow = store.database.withTransaction(
                connection -> InvalidationLog.add(connection, List.of(CredentialDigest.of("slow")))
                        .onSuccess(done -> noted.complete())
                        .compose(done -> mayCommit.future()));
        await(noted.future());
        // Begun later and committed earlier. A reader of sequence numbers would skip the slow transaction for ever.
        importToken("quick");
        Changes first = read(before);
        mayCommit.complete();
        await(slow);

        assertThat(first.invalidated()).containsExactly(CredentialDigest.of("quick"));
        assertThat(read(first.until()).invalidated()).containsExactly(CredentialDigest.of("slow"));
    }

    @Test
    void rolledBackTransaction_isNeverRead() {
        String since = now();
        var failing = store.database.withTransaction(connection -> InvalidationLog.add(
                        connection, List.of(CredentialDigest.of("never")))
                .compose(noted -> connection.preparedQuery("SELECT 1 / $1::int").execute(Tuple.of(0))));

        assertThatThrownBy(() -> await(failing)).isInstanceOf(CompletionException.class);
        assertThat(read(since).invalidated()).isEmpty();
    }

    @Test
    void changesAreIncomplete_withMoreThanFiveThousandDigests() {
        try (StoreFixture own = new StoreFixture()) {
            String since = await(own.changes.since(null)).until();
            List<CredentialDigest> many = IntStream.rangeClosed(0, 5_000)
                    .mapToObj(i -> CredentialDigest.of("many" + i))
                    .toList();
            await(own.database.withTransaction(connection -> InvalidationLog.add(connection, many)));

            Changes changes = await(own.changes.since(since));

            assertThat(changes.isAll()).isFalse();
            assertThat(changes.invalidated()).isEmpty();
            assertThat(await(own.changes.since(changes.until())).isAll()).isTrue();
            assertThat(await(own.changes.since(null)).isAll()).isFalse();
        }
    }

    @Test
    void changesAreIncomplete_whenTheLogDoesNotReachBack() {
        try (StoreFixture own = new StoreFixture()) {
            String since = await(own.changes.since(null)).until();
            await(own.database.withTransaction(
                    connection -> InvalidationLog.add(connection, List.of(CredentialDigest.of("old")))));
            await(own.database.query("UPDATE credential_invalidations SET noted_at = noted_at - 7200", Tuple.tuple()));
            String seen = await(own.changes.since(null)).until();
            await(own.changes.removeOldRows());

            assertThat(await(own.changes.since(since)).isAll()).isFalse();
            assertThat(await(own.changes.since(seen)).isAll()).isTrue();
        }
    }

    @Test
    void changesAreIncomplete_forASnapshotOfAnotherDatabase() {
        assertThat(read("9000000000:9000000000:").isAll()).isFalse();
    }

    @Test
    void writer_isListed_untilItIsRemoved() {
        String node = UUID.randomUUID().toString();
        await(store.changes.recordNode(node, null, true, Duration.ZERO));
        assertThat(read(null).writers()).contains(node);
        assertThat(await(store.changes.activeNodes())).contains(node);

        await(store.changes.removeNode(node));
        assertThat(read(null).writers()).doesNotContain(node);
        assertThat(await(store.changes.activeNodes())).doesNotContain(node);
    }

    @Test
    void proxy_isActive_untilItsCacheIsStale() {
        String fresh = UUID.randomUUID().toString();
        String stale = UUID.randomUUID().toString();
        await(store.changes.recordNode(fresh, null, false, Duration.ofMinutes(1)));
        await(store.changes.recordNode(stale, null, false, Duration.ofMinutes(1)));
        await(store.changes.recordNode(stale, null, false, Duration.ZERO));

        assertThat(await(store.changes.activeNodes())).contains(fresh).doesNotContain(stale);
        assertThat(read(null).writers()).doesNotContain(fresh);
    }
}
