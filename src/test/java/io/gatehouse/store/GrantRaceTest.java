package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.oauth.StoredToken;
import io.gatehouse.store.GrantStore.Redemption;
import io.gatehouse.store.entity.EntityRef;
import io.gatehouse.store.entity.WriteResult;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that a revocation and a refresh of the same grant exclude each other, also of an imported token without a family. */
class GrantRaceTest {
    private static StoreFixture store;
    private static GrantStore grants;
    private static Client client;

    @BeforeAll
    static void open() {
        store = new StoreFixture();
        grants = new GrantStore(store.database);
        store.credential("importer");
        client = await(store.tokens.findClient("importer")).orElseThrow();
    }

    @AfterAll
    static void close() {
        store.close();
    }

    private static CredentialDigest digest(String token) {
        return CredentialDigest.of(token);
    }

    /** The successor, in the row of its predecessor or in one of its own. */
    private static NewToken successor(StoredToken old, String name, boolean isInRow) {
        UUID family = isInRow
                ? old.access().familyId()
                : Objects.requireNonNullElseGet(old.access().familyId(), UUID::randomUUID);
        return new NewToken(
                isInRow ? old.id() : UUID.randomUUID(),
                digest("access 2 " + name),
                isInRow ? null : digest("refresh 2 " + name),
                old.access().inFamily(family),
                old.access().scope(),
                60,
                0);
    }

    private static Future<Redemption> refresh(String name, boolean isInRow) {
        return grants.refresh(
                digest("refresh " + name),
                digest("attempt " + name),
                client,
                60,
                old -> Future.succeededFuture(successor(old, name, isInRow)));
    }

    private static Future<List<CredentialDigest>> revoke(String token) {
        return grants.revoke(digest(token), client.credentialId());
    }

    @ParameterizedTest
    @CsvSource({
        "refresh,true,false",
        "refresh,true,true",
        "refresh,false,false",
        "refresh,false,true",
        "access,true,false",
        "access,true,true",
        "access,false,false",
        "access,false,true"
    })
    void noTokenSurvives_whenARevocationWaitsForARefresh(String presented, boolean isImported, boolean isInRow)
            throws SQLException {
        String name = presented + isImported + isInRow;
        String id = insert(name, isImported);
        StoreFixture.Race<Redemption, List<CredentialDigest>> race =
                store.race(id, () -> refresh(name, isInRow), () -> revoke(presented + " " + name));

        assertThat(await(race.first())).isInstanceOf(Redemption.Redeemed.class);
        assertThat(await(race.second())).containsExactly(digest("access 2 " + name));
        assertThat(await(store.tokens.find(digest("access 2 " + name)))).isEmpty();
        assertThat(await(store.tokens.findByRefreshToken(digest("refresh " + name))))
                .isEmpty();
        assertThat(await(store.tokens.findByRefreshToken(digest("refresh 2 " + name))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"refresh,true", "refresh,false", "access,true", "access,false"})
    void refreshFails_whenItWaitsForARevocation(String presented, boolean isImported) throws SQLException {
        String name = "first " + presented + isImported;
        String id = insert(name, isImported);
        StoreFixture.Race<List<CredentialDigest>, Redemption> race =
                store.race(id, () -> revoke(presented + " " + name), () -> refresh(name, false));

        assertThat(await(race.first())).containsExactly(digest("access " + name));
        assertThat(await(race.second())).isInstanceOf(Redemption.Unknown.class);
        assertThat(await(store.tokens.find(digest("access 2 " + name)))).isEmpty();
    }

    private static Future<List<CredentialDigest>> delete(String idOrToken) {
        return store.entities
                .delete(EntitySchemas.OAUTH2_TOKENS, EntityRef.of(idOrToken))
                .map(deleted -> deleted.map(WriteResult::invalidated).orElse(List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "id,true,false",
        "id,true,true",
        "id,false,false",
        "id,false,true",
        "access,true,false",
        "access,true,true",
        "access,false,false",
        "access,false,true",
        "refresh,true,false",
        "refresh,false,true"
    })
    void noTokenSurvives_whenADeletionWaitsForARefresh(String named, boolean isImported, boolean isInRow)
            throws SQLException {
        String name = "deleted " + named + isImported + isInRow;
        String id = insert(name, isImported);
        StoreFixture.Race<Redemption, List<CredentialDigest>> race = store.race(
                id, () -> refresh(name, isInRow), () -> delete(named.equals("id") ? id : named + " " + name));

        assertThat(await(race.first())).isInstanceOf(Redemption.Redeemed.class);
        assertThat(await(race.second())).containsExactly(digest("access 2 " + name));
        assertThat(await(store.tokens.find(digest("access 2 " + name)))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void deletionByARotatedRefreshToken_deletesItsSuccessor(boolean isImported) throws SQLException {
        String name = "rotated " + isImported;
        assertThat(insert(name, isImported)).isNotEmpty();
        await(refresh(name, false));

        assertThat(await(delete("refresh " + name))).containsExactly(digest("access 2 " + name));
        assertThat(await(store.tokens.find(digest("access 2 " + name)))).isEmpty();
        assertThat(await(delete("refresh " + name))).isEmpty();
    }

    private static String insert(String name, boolean isImported) throws SQLException {
        String id = store.token(name, client.credentialId(), UUID.randomUUID());
        if (!isImported) {
            try (Connection connection = store.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("UPDATE oauth2_tokens SET family_id = gen_random_uuid() WHERE id = '" + id + "'");
            }
        }
        return id;
    }
}
