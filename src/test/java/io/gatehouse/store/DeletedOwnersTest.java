package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static io.gatehouse.store.StoreFixture.reference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.store.GrantStore.Redemption;
import io.gatehouse.store.entity.EntityRef;
import io.gatehouse.store.entity.ListQuery;
import io.gatehouse.store.entity.WriteResult;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the tokens of a deleted Service, Consumer or client are invalid before their rows are removed. */
class DeletedOwnersTest {
    private static final CredentialDigest ACCESS = CredentialDigest.of("access");
    private static final CredentialDigest REFRESH = CredentialDigest.of("refresh");

    private StoreFixture store;
    private GrantStore grants;
    private Document consumer;
    private Document credential;
    private Document service;
    private Document token;
    private Client client;

    @BeforeEach
    void open() {
        store = new StoreFixture();
        grants = new GrantStore(store.database);
        consumer = store.insert(EntitySchemas.CONSUMERS, Map.of("username", "alex"));
        credential = store.insert(
                EntitySchemas.OAUTH2_CREDENTIALS,
                Map.of(
                        "name",
                        "app",
                        "client_id",
                        "client",
                        "client_secret",
                        "s",
                        "consumer",
                        reference(consumer.id())));
        service = store.insert(EntitySchemas.SERVICES, Map.of("name", "api", "host", "h"));
        token = importToken();
        client = await(store.tokens.findClient("client")).orElseThrow();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Document importToken() {
        return store.insert(
                EntitySchemas.OAUTH2_TOKENS,
                Map.of(
                        "credential",
                        reference(credential.id()),
                        "service",
                        reference(service.id()),
                        "expires_in",
                        3600L,
                        "access_token",
                        "access",
                        "refresh_token",
                        "refresh"));
    }

    /** Adds rows that a version before migration V21 has stored. */
    private void addEarlierTokens(int count) {
        execute("INSERT INTO oauth2_tokens (id, created_at, service_id, credential_id, token_type, expires_in,"
                + " access_token_digest, sequence_number) SELECT gen_random_uuid(), extract(epoch FROM now())::bigint, '"
                + service.id() + "', '" + credential.id() + "', 'bearer', 3600, sha256(n::text::bytea), NULL"
                + " FROM generate_series(1, " + count + ") n");
    }

    private void execute(String sql) {
        try (Connection connection = store.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long count(String table) {
        return await(store.database.query("SELECT count(*) FROM " + table, Tuple.tuple()))
                .iterator()
                .next()
                .getLong(0);
    }

    private Document of(String entity) {
        return switch (entity) {
            case "consumers" -> consumer;
            case "services" -> service;
            default -> credential;
        };
    }

    private WriteResult delete(String entity) {
        EntitySchema schema = EntitySchemas.find(entity).orElseThrow();
        return await(store.entities.delete(schema, EntityRef.of(of(entity).string("id"))))
                .orElseThrow();
    }

    private void insertAgain(String entity) {
        store.insert(EntitySchemas.find(entity).orElseThrow(), given(of(entity)));
        if (entity.equals("consumers")) {
            store.insert(EntitySchemas.OAUTH2_CREDENTIALS, given(credential));
        }
    }

    private static Map<String, @Nullable Object> given(Document document) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>(document.values());
        values.keySet().removeAll(List.of("created_at", "updated_at"));
        values.values().removeIf(Objects::isNull);
        return values;
    }

    private List<Document> tokens() {
        ListQuery all = new ListQuery(100, ListQuery.Order.BY_ID, null, List.of(), false, Map.of());
        return await(store.entities.list(EntitySchemas.OAUTH2_TOKENS, all)).documents();
    }

    private void assertTheTokenIsInvalid() {
        assertThat(await(store.tokens.find(ACCESS))).isEmpty();
        assertThat(await(store.tokens.findByRefreshToken(REFRESH))).isEmpty();
        assertThat(await(store.tokens.findStored(ACCESS))).isEmpty();
        assertThat(tokens()).isEmpty();
        for (String name : List.of(token.string("id"), "access")) {
            assertThat(await(store.entities.find(EntitySchemas.OAUTH2_TOKENS, EntityRef.of(name))))
                    .isEmpty();
        }
        assertThat(await(refresh())).isInstanceOf(Redemption.Unknown.class);
    }

    private Future<Redemption> refresh() {
        return grants.refresh(
                REFRESH,
                CredentialDigest.of("attempt"),
                client,
                60,
                old -> Future.succeededFuture(new NewToken(
                        UUID.randomUUID(),
                        CredentialDigest.of("access 2"),
                        CredentialDigest.of("refresh 2"),
                        old.access().inFamily(UUID.randomUUID()),
                        null,
                        60,
                        0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"consumers", "oauth2_credentials", "services"})
    void tokens_areInvalid_whenTheirOwnerIsDeleted(String owner) {
        WriteResult deleted = delete(owner);

        assertThat(deleted.invalidated()).contains(ACCESS);
        assertThat(count("oauth2_tokens")).isEqualTo(1);
        assertTheTokenIsInvalid();
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
