package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static io.gatehouse.store.StoreFixture.reference;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.GrantedAccess;
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

/** Stores a token and its owners (a Consumer, a client and a Service) for each test, and deletes them. */
abstract class OwnedTokenFixture {
    static final CredentialDigest ACCESS = CredentialDigest.of("access");
    private static final CredentialDigest REFRESH = CredentialDigest.of("refresh");

    StoreFixture store;
    private GrantStore grants;
    private Document consumer;
    Document credential;
    Document service;
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

    Document importToken() {
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
    void addEarlierTokens(int count) {
        execute("INSERT INTO oauth2_tokens (id, created_at, service_id, credential_id, token_type, expires_in,"
                + " access_token_digest, sequence_number) SELECT gen_random_uuid(), extract(epoch FROM now())::bigint, '"
                + service.id() + "', '" + credential.id() + "', 'bearer', 3600, sha256(n::text::bytea), NULL"
                + " FROM generate_series(1, " + count + ") n");
    }

    void execute(String sql) {
        try (Connection connection = store.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    long count(String table) {
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

    WriteResult delete(String entity) {
        EntitySchema schema = EntitySchemas.find(entity).orElseThrow();
        return await(store.entities.delete(schema, EntityRef.of(of(entity).string("id"))))
                .orElseThrow();
    }

    void insertAgain(String entity) {
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

    List<Document> tokens() {
        ListQuery all = new ListQuery(100, ListQuery.Order.BY_ID, null, List.of(), false, Map.of());
        return await(store.entities.list(EntitySchemas.OAUTH2_TOKENS, all)).documents();
    }

    void assertTheTokenIsInvalid() {
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

    Future<TokenState> insertToken(String accessToken, UUID serviceId) {
        return store.tokens.insert(
                new NewToken(
                        UUID.randomUUID(),
                        CredentialDigest.of(accessToken),
                        null,
                        new GrantedAccess(serviceId, null, null, null, null, null),
                        null,
                        60,
                        0),
                client);
    }

    Future<Redemption> refresh() {
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
}
