package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static io.gatehouse.store.StoreFixture.isOwnerDeleted;
import static io.gatehouse.store.StoreFixture.reference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.store.GrantStore.Redemption;
import io.gatehouse.store.entity.EntityRef;
import io.gatehouse.store.entity.WriteResult;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the tokens of a deleted Service, Consumer or client are invalid before their rows are removed. */
class DeletedOwnersTest extends OwnedTokenFixture {
    @ParameterizedTest
    @ValueSource(strings = {"consumers", "oauth2_credentials", "services"})
    void tokens_areInvalid_whenTheirOwnerIsDeleted(String owner) {
        WriteResult deleted = delete(owner);

        assertThat(deleted.invalidated()).contains(ACCESS);
        assertThat(count("oauth2_tokens")).isEqualTo(1);
        assertTheTokenIsInvalid();
    }

    /** A node compares whole seconds: such a token is valid there until the second ends. */
    @ParameterizedTest
    @ValueSource(strings = {"consumers", "oauth2_credentials", "services"})
    void tokenInItsLastSecond_isInvalidated_whenItsOwnerIsDeleted(String owner) {
        addEarlierTokens(2);
        execute("UPDATE oauth2_tokens SET created_at = floor(extract(epoch FROM now()))::bigint - expires_in"
                + " WHERE access_token_digest = sha256('1')");
        execute("UPDATE oauth2_tokens SET created_at = 1 WHERE access_token_digest = sha256('2')");

        WriteResult deleted = delete(owner);

        assertThat(deleted.invalidated()).contains(CredentialDigest.of("1")).doesNotContain(CredentialDigest.of("2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"consumers", "oauth2_credentials", "services"})
    void tokens_stayInvalid_whenAnotherOwnerHasTheSameId(String owner) {
        addEarlierTokens(1);
        delete(owner);

        insertAgain(owner);

        assertTheTokenIsInvalid();
        assertThat(await(store.tokens.find(CredentialDigest.of("1")))).isEmpty();
        // A token of the same value is another token.
        Document again = importToken();
        assertThat(tokens()).extracting(Document::id).containsExactly(again.id());
        assertThat(await(store.tokens.find(ACCESS))).isPresent();
        assertThat(await(refresh())).isInstanceOf(Redemption.Redeemed.class);
    }

    @Test
    void tokens_stayInvalid_whenOwnersWithTheSameIdAreDeletedOneAfterTheOther() {
        delete("services");
        insertAgain("services");
        importToken();

        delete("services");
        insertAgain("services");

        assertTheTokenIsInvalid();
    }

    /** As a node of the previous version deletes it. */
    @Test
    void tokens_areInvalid_whenAStatementDeletesTheirConsumer() {
        execute("DELETE FROM consumers");

        assertThat(count("oauth2_deleted_owners")).isEqualTo(1);
        insertAgain("consumers");
        assertTheTokenIsInvalid();
    }

    @Test
    void deletedOwnerWithoutTokens_isNotRecorded() {
        await(store.entities.delete(EntitySchemas.OAUTH2_TOKENS, EntityRef.of("access")));

        delete("consumers");
        delete("services");

        assertThat(count("oauth2_deleted_owners")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"credential", "service"})
    void tokenOfAMissingOwner_isRejected(String field) {
        Map<String, Object> values = new LinkedHashMap<>(
                Map.of("credential", reference(credential.id()), "expires_in", 1L, "access_token", "x"));
        values.put(field, reference(UUID.randomUUID()));

        assertThatThrownBy(() -> store.insert(EntitySchemas.OAUTH2_TOKENS, new LinkedHashMap<>(values)))
                .hasCauseInstanceOf(StoreException.ForeignKeyViolation.class);
        assertThatThrownBy(() -> await(store.entities.write(
                        EntitySchemas.OAUTH2_TOKENS,
                        EntityRef.of("access"),
                        current -> Future.succeededFuture(
                                Objects.requireNonNull(current).with(field, reference(UUID.randomUUID()))))))
                .hasCauseInstanceOf(StoreException.ForeignKeyViolation.class);
    }

    /** One statement stores tokens of several Services. */
    @Test
    void tokenOfAMissingService_isRejected_andThoseOfOthersAreStored() {
        List<Future<TokenState>> stored = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            stored.add(insertToken("token " + i, i == 4 ? UUID.randomUUID() : service.id()));
        }
        await(Future.join(stored).otherwiseEmpty());

        isOwnerDeleted(stored.remove(4), false);
        assertThat(stored).allMatch(Future::succeeded);
    }

    /** The statement waits for the deletion, which it cannot see when it begins. */
    @ParameterizedTest
    @ValueSource(strings = {"services", "consumers"})
    void token_isNotStored_whenItsOwnerIsBeingDeleted(String owner) throws SQLException {
        Future<TokenState> stored;
        try (Connection other = store.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("DELETE FROM " + owner);
            stored = insertToken("late", service.id());
            store.awaitWaiting(1);
            other.commit();
        }

        isOwnerDeleted(stored, owner.equals("consumers"));
    }

    /** The refresh waits for the deletion, and finds no token after it. */
    @Test
    void refresh_issuesNoToken_whenItsServiceIsBeingDeleted() throws SQLException {
        Future<Redemption> refreshed;
        try (Connection other = store.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("DELETE FROM services");
            refreshed = refresh();
            store.awaitWaiting(1);
            other.commit();
        }
        insertAgain("services");

        assertThat(await(refreshed)).isInstanceOf(Redemption.Unknown.class);
        assertThat(await(store.tokens.find(CredentialDigest.of("access 2")))).isEmpty();
    }
}
