package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static io.gatehouse.store.StoreFixture.reference;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.ConsumerState;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.store.GrantStore.Redemption;
import io.gatehouse.store.entity.EntityRef;
import io.gatehouse.store.entity.WriteResult;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that an Admin write of a client and the issue of a token to it exclude each other. */
class ClientRaceTest {
    private static final GrantedAccess ACCESS = new GrantedAccess(null, "owner", null, null, null, null);

    private static StoreFixture store;
    private static GrantStore grants;

    @BeforeAll
    static void open() {
        store = new StoreFixture();
        grants = new GrantStore(store.database);
    }

    @AfterAll
    static void close() {
        store.close();
    }

    private static Client client(String clientId) {
        store.credential(clientId);
        return await(store.tokens.findClient(clientId)).orElseThrow();
    }

    private static Future<WriteResult> rename(EntitySchema schema, UUID id, String field, String value) {
        return store.entities.write(
                schema,
                EntityRef.of(id.toString()),
                current ->
                        Future.succeededFuture(Objects.requireNonNull(current).with(field, value)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tokenThatIsBeingInserted_isInvalidated_whenItsConsumerIsWritten(boolean isDeleted) throws SQLException {
        String name = "inserted " + isDeleted;
        Client client = client(name);
        Future<WriteResult> written;
        try (Connection other = store.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            // As an Admin API inserts a token, which locks nothing but the credential.
            statement.execute("INSERT INTO oauth2_tokens (id, created_at, credential_id, token_type, expires_in,"
                    + " access_token_digest) VALUES (gen_random_uuid(), extract(epoch FROM now())::bigint, '"
                    + client.credentialId() + "', 'bearer', 60, decode('"
                    + CredentialDigest.of(name).toHex() + "', 'hex'))");
            written = isDeleted
                    ? store.entities
                            .delete(
                                    EntitySchemas.CONSUMERS,
                                    EntityRef.of(client.consumerId().toString()))
                            .map(result -> result.orElseThrow())
                    : rename(EntitySchemas.CONSUMERS, client.consumerId(), "username", "renamed " + name);
            store.awaitWaiting(1);
            other.commit();
        }

        assertThat(await(written).invalidated())
                .containsExactlyInAnyOrder(
                        CredentialDigest.of(name),
                        ConsumerState.digest(client.consumerId()),
                        ConsumerState.digestOfUsername("user of " + name));
    }

    private static NewToken token(UUID id, String access, @Nullable String refresh) {
        return new NewToken(
                id,
                CredentialDigest.of(access),
                refresh == null ? null : CredentialDigest.of(refresh),
                ACCESS.inFamily(UUID.randomUUID()),
                null,
                60,
                0);
    }

    /** Issues a token to the client, as it was read. */
    private static Future<TokenState> issue(String kind, Client client) {
        String name = kind + client.clientId();
        if (kind.equals("insert")) {
            return store.tokens.insert(token(UUID.randomUUID(), name, null), client);
        }
        return grants.refresh(
                        CredentialDigest.of("refresh " + client.clientId()),
                        CredentialDigest.of("attempt"),
                        client,
                        60,
                        old -> Future.succeededFuture(
                                kind.equals("renew")
                                        ? token(old.id(), name, null)
                                        : token(UUID.randomUUID(), name, "next " + name)))
                .map(redemption -> ((Redemption.Redeemed) redemption).state());
    }

    /** A batch of the Admin API locks them in this order. If each had a lock that the other waits for, one of them would fail. */
    @ParameterizedTest
    @ValueSource(strings = {"consumers", "oauth2_credentials"})
    void tokensOfSeveralClients_lockThemInTheOrderOfTheirIds(String table) throws SQLException {
        int last = 16;
        String prefix = table.equals("consumers") ? "aaaaaaaa" : "bbbbbbbb";
        List<TokenRows.Insert> inserts = new ArrayList<>();
        // The first one is stored last, so that it is not found first.
        for (int i = last; i > 0; i--) {
            UUID id = UUID.fromString(prefix + "-0000-0000-0000-0000000000%02d".formatted(i));
            store.insert(EntitySchemas.CONSUMERS, Map.of("id", id.toString(), "username", table + i));
            store.insert(
                    EntitySchemas.OAUTH2_CREDENTIALS,
                    Map.of("id", id.toString(), "name", "app", "client_id", table + i, "consumer", reference(id)));
            Client client = await(store.tokens.findClient(table + i)).orElseThrow();
            inserts.add(new TokenRows.Insert(token(UUID.randomUUID(), "ordered " + table + i, null), client));
        }
        String locked = "SELECT 1 FROM " + table + " WHERE id::text LIKE '" + prefix + "%' AND id::text ";
        Future<List<TokenState>> stored;
        try (Connection other = store.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(locked + "LIKE '%01' FOR UPDATE");
            stored = store.database.withConnection(connection -> TokenRows.insert(connection, inserts));
            store.awaitWaiting(1);
            statement.execute(locked + "NOT LIKE '%01' FOR UPDATE NOWAIT");
            other.commit();
        }

        assertThat(await(stored)).hasSize(last);
    }

    private static Client clientWithRefreshToken(String clientId) {
        Client client = client(clientId);
        await(store.tokens.insert(token(UUID.randomUUID(), "access " + clientId, "refresh " + clientId), client));
        return client;
    }

    @ParameterizedTest
    @ValueSource(strings = {"insert", "renew", "rotate"})
    void tokenState_hasTheIdentityOfTheClient_whenItHasChangedSinceTheClientWasRead(String kind) {
        Client client = clientWithRefreshToken("changed " + kind);
        await(rename(EntitySchemas.CONSUMERS, client.consumerId(), "username", "new user " + kind));
        await(rename(EntitySchemas.OAUTH2_CREDENTIALS, client.credentialId(), "client_id", "new client " + kind));

        TokenState state = await(issue(kind, client));

        assertThat(state.consumerUsername()).isEqualTo("new user " + kind);
        assertThat(state.clientId()).isEqualTo("new client " + kind);
        assertThat(await(store.tokens.find(CredentialDigest.of(kind + client.clientId()))))
                .contains(state);
    }

    @ParameterizedTest
    @CsvSource({
        "insert,consumers,username",
        "insert,oauth2_credentials,client_id",
        "renew,consumers,username",
        "renew,oauth2_credentials,client_id",
        "rotate,consumers,username",
        "rotate,oauth2_credentials,client_id"
    })
    void tokenState_hasTheIdentityOfTheClient_whenItWaitsForAChange(String kind, String table, String field)
            throws SQLException {
        Client client = clientWithRefreshToken("waits " + kind + field);
        boolean isConsumer = table.equals("consumers");
        Future<TokenState> issued;
        try (Connection other = store.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("UPDATE " + table + " SET " + field + " = 'after " + kind + "' WHERE id = '"
                    + (isConsumer ? client.consumerId() : client.credentialId()) + "'");
            issued = issue(kind, client);
            store.awaitWaiting(1);
            other.commit();
        }

        TokenState state = await(issued);
        assertThat(isConsumer ? state.consumerUsername() : state.clientId()).isEqualTo("after " + kind);
    }

    private static NewToken stored(String clientId) {
        return await(store.tokens.findStoredByRefreshToken(CredentialDigest.of("refresh " + clientId)))
                .orElseThrow();
    }

    private static Future<WriteResult> delete(Client client) {
        return store.entities
                .delete(
                        EntitySchemas.OAUTH2_CREDENTIALS,
                        EntityRef.of(client.credentialId().toString()))
                .map(result -> result.orElseThrow());
    }

    /** As an issuer does that cannot repeat the JWT of another one. */
    @Test
    void accessTokenThatIsBeingReplaced_isInvalidated_whenItsClientIsDeleted() throws SQLException {
        Client client = clientWithRefreshToken("replaced");
        NewToken stored = stored("replaced");
        CredentialDigest another = CredentialDigest.of("another access token");

        StoreFixture.Race<Boolean, WriteResult> race = store.race(
                stored.id().toString(),
                () -> store.tokens.replaceAccessToken(stored, client, another),
                () -> delete(client));

        assertThat(await(race.first())).isTrue();
        assertThat(await(race.second()).invalidated()).contains(another);
        assertThat(await(store.tokens.find(another))).isEmpty();
    }

    @Test
    void accessTokenOfADeletedClient_isNotReplaced() {
        Client client = clientWithRefreshToken("deleted");
        NewToken stored = stored("deleted");
        await(delete(client));

        assertThat(await(store.tokens.replaceAccessToken(stored, client, CredentialDigest.of("of nothing"))))
                .isFalse();
    }

    @Test
    void refreshAndDeletionOfTheConsumer_doNotWaitForEachOther() throws SQLException {
        Client client = clientWithRefreshToken("circle");
        Future<Boolean> deleted;
        Future<Redemption> refreshed;
        try (Connection other = store.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            // The refresh holds the client's locks and waits for the row.
            statement.execute(
                    "SELECT 1 FROM oauth2_tokens WHERE credential_id = '" + client.credentialId() + "' FOR UPDATE");
            refreshed = grants.refresh(
                    CredentialDigest.of("refresh circle"),
                    CredentialDigest.of("attempt"),
                    client,
                    60,
                    old -> Future.succeededFuture(token(UUID.randomUUID(), "successor", "next successor")));
            store.awaitWaiting(1);
            deleted = store.entities
                    .delete(
                            EntitySchemas.CONSUMERS,
                            EntityRef.of(client.consumerId().toString()))
                    .map(result -> result.orElseThrow().invalidated().contains(CredentialDigest.of("successor")));
            store.awaitWaiting(2);
            other.commit();
        }

        assertThat(await(refreshed)).isInstanceOf(Redemption.Redeemed.class);
        assertThat(await(deleted)).isTrue();
    }
}
