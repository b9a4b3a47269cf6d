package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static io.gatehouse.store.StoreFixture.isOwnerDeleted;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.credential.Confirmation;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ClientMetadata;
import io.gatehouse.oauth.ClientSecret;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.store.entity.EntityRef;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TokenStoreTest {
    private static StoreFixture store;

    @BeforeAll
    static void open() {
        store = new StoreFixture();
    }

    @AfterAll
    static void close() {
        store.close();
    }

    private static Client client(String clientId) {
        store.credential(clientId);
        return await(store.tokens.findClient(clientId)).orElseThrow();
    }

    @Test
    void storedToken_isFoundByItsDigest() {
        Client client = client("finder");
        assertThat(client.consumerUsername()).isEqualTo("user of finder");
        CredentialDigest digest = CredentialDigest.of("issued");
        NewToken token = new NewToken(
                UUID.randomUUID(),
                digest,
                null,
                new GrantedAccess(
                        null,
                        "owner",
                        "a b",
                        "https://api.test/r",
                        null,
                        new Confirmation("of a key", "of a certificate")),
                "a b",
                60,
                0);

        TokenState stored = await(store.tokens.insert(token, client));

        assertThat(await(store.tokens.find(digest))).contains(stored);
        assertThat(stored.scope()).isEqualTo("a b");
        assertThat(await(store.entities.find(EntitySchemas.OAUTH2_TOKENS, EntityRef.of("issued")))
                        .orElseThrow()
                        .integer("created_at"))
                .isEqualTo(stored.createdAt());
        assertThat(await(store.tokens.find(CredentialDigest.of("never issued"))))
                .isEmpty();
    }

    private static List<ClientSecret> secrets(String clientId) {
        return await(store.tokens.findClient(clientId)).orElseThrow().secrets();
    }

    @Test
    void secret_isReplacedUnlessItHasChanged() {
        Client client = client("rehashed");
        store.insert(
                EntitySchemas.OAUTH2_SECRETS,
                Map.of("credential", StoreFixture.reference(client.credentialId()), "client_secret", "second"));
        ClientSecret first = secrets("rehashed").get(0);
        ClientSecret second = secrets("rehashed").get(1);

        await(store.tokens.replaceSecret(first, "better hash"));
        await(store.tokens.replaceSecret(second, "second hash"));
        assertThat(secrets("rehashed"))
                .containsExactly(
                        new ClientSecret(client.credentialId(), "better hash"),
                        new ClientSecret(second.id(), "second hash"));
        await(store.tokens.replaceSecret(first, "too late"));
        await(store.tokens.replaceSecret(second, "too late"));
        assertThat(secrets("rehashed")).extracting(ClientSecret::value).containsExactly("better hash", "second hash");
        assertThat(await(store.tokens.findClient("missing"))).isEmpty();
    }

    @Test
    void tokenOfADeletedService_isNotStored() {
        NewToken token = new NewToken(
                UUID.randomUUID(),
                CredentialDigest.of("of no Service"),
                null,
                new GrantedAccess(UUID.randomUUID(), null, null, null, null, null),
                null,
                60,
                0);

        isOwnerDeleted(store.tokens.insert(token, client("too late")), false);
    }

    @Test
    void concurrentTokens_areStoredInOneBatchAndAnInvalidOneFailsAlone() {
        Client client = client("busy");
        Client unknown = new Client(
                UUID.randomUUID(),
                "unknown",
                List.of(),
                true,
                List.of(),
                ClientMetadata.NONE,
                UUID.randomUUID(),
                "unknown",
                null);
        List<Future<TokenState>> stored = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            NewToken token = new NewToken(
                    UUID.randomUUID(),
                    CredentialDigest.of("burst" + i),
                    null,
                    new GrantedAccess(null, null, null, null, null, null),
                    null,
                    i,
                    0);
            stored.add(store.tokens.insert(token, i == 500 ? unknown : client));
        }
        await(Future.join(stored).otherwiseEmpty());

        isOwnerDeleted(stored.get(500), true);
        for (int i = 0; i < stored.size(); i++) {
            Optional<TokenState> found = await(store.tokens.find(CredentialDigest.of("burst" + i)));
            assertThat(found)
                    .isEqualTo(
                            i == 500
                                    ? Optional.empty()
                                    : Optional.of(stored.get(i).result()));
            assertThat(found.map(TokenState::expiresIn)).isEqualTo(i == 500 ? Optional.empty() : Optional.of((long) i));
        }
    }

    /** Planning takes longer than the look-up. */
    @Test
    void lookUps_areNotPlannedAnewEachTime() {
        PostgresConfig config = store.config;
        Database database =
                Database.open(store.vertx, new PostgresConfig(config.url(), config.user(), config.password(), 1));
        try {
            TokenStore tokens = new TokenStore(database);
            for (int i = 0; i < 20; i++) {
                await(tokens.findClient("no client"));
                await(tokens.find(CredentialDigest.of("no token")));
                await(tokens.findByRefreshToken(CredentialDigest.of("no token")));
            }

            List<Boolean> generic = new ArrayList<>();
            await(database.query(
                            "SELECT generic_plans > custom_plans FROM pg_prepared_statements WHERE statement LIKE $1",
                            Tuple.of("%ANY(%")))
                    .forEach(row -> generic.add(row.getBoolean(0)));
            assertThat(generic).containsExactly(true, true, true);
        } finally {
            await(database.close());
        }
    }
}
