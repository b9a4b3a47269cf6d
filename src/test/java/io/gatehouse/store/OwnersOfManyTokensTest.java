package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.store.entity.EntityRef;
import io.gatehouse.store.entity.WriteResult;
import io.vertx.core.Future;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests changes of owners that have more tokens than one write invalidates one by one, or one batch removes. */
class OwnersOfManyTokensTest extends OwnedTokenFixture {
    @ParameterizedTest
    @ValueSource(strings = {"consumers", "oauth2_credentials", "services"})
    void rows_areRemovedInBatches_andThoseOfALaterOwnerAreKept(String owner) {
        addEarlierTokens(2_400);
        delete(owner);
        insertAgain(owner);
        Document again = importToken();
        ExpiredRows rows = new ExpiredRows(store.database);

        // The import has removed the row that had its value.
        assertThat(await(rows.backlog())).isEqualTo(2_401);
        assertThat(await(rows.removeBatch())).isEqualTo(1_000);
        assertThat(await(store.tokens.find(CredentialDigest.of("2400")))).isEmpty();
        assertThat(await(rows.removeBatch())).isEqualTo(1_000);
        assertThat(await(rows.removeBatch())).isEqualTo(401);

        assertThat(await(rows.backlog())).isZero();
        assertThat(await(rows.removeBatch())).isZero();
        assertThat(count("oauth2_deleted_owners")).isZero();
        assertThat(tokens()).extracting(Document::id).containsExactly(again.id());
        assertThat(count("oauth2_tokens")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"consumers", "oauth2_credentials", "services"})
    void deletion_invalidatesEveryCachedState_whenTheTokensAreTooManyToList(String owner) {
        addEarlierTokens(InvalidationLog.MAX_LISTED);
        String since = await(store.changes.since(null)).until();

        WriteResult deleted = delete(owner);

        assertThat(deleted.invalidated()).hasSizeGreaterThan(InvalidationLog.MAX_LISTED);
        assertThat(await(store.changes.since(since)).isAll()).isFalse();
        assertThat(await(store.changes.since(null)).isAll()).isFalse();
        assertThat(await(store.entities.recentWrites()).invalidated()).hasSizeGreaterThan(InvalidationLog.MAX_LISTED);
        assertTheTokenIsInvalid();
    }

    @Test
    void rename_invalidatesEveryCachedState_whenTheTokensAreTooManyToList() {
        addEarlierTokens(InvalidationLog.MAX_LISTED);

        WriteResult renamed = await(store.entities.write(
                EntitySchemas.CONSUMERS,
                EntityRef.of("alex"),
                current ->
                        Future.succeededFuture(Objects.requireNonNull(current).with("username", "sam"))));

        assertThat(renamed.invalidated()).hasSizeGreaterThan(InvalidationLog.MAX_LISTED);
        assertThat(await(store.tokens.find(ACCESS)).orElseThrow().consumerUsername())
                .isEqualTo("sam");
    }
}
