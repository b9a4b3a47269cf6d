package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.Actor;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ExchangedToken;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.store.ExchangeStore.Exchange;
import io.gatehouse.store.entity.EntityRef;
import io.gatehouse.store.entity.WriteResult;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that an exchange and the end of a grant that it takes its token from exclude each other, and how many tokens come from one. */
class ExchangeStoreTest extends ExchangeFixture {
    @Test
    void revocationThatWaitsForAnExchange_returnsItsToken() throws SQLException {
        Client client = client("revoking");
        String id = insert("a", client);
        StoreFixture.Race<Exchange, List<CredentialDigest>> race = store.race(
                id,
                () -> exchange("access a", "exchanged a"),
                () -> grants.revoke(digest("refresh a"), client.credentialId()));

        assertThat(await(race.first())).isInstanceOf(Exchange.Exchanged.class);
        assertThat(await(race.second())).containsExactly(digest("access a"), digest("exchanged a"));
        assertThat(isValid("exchanged a")).isFalse();
    }

    @Test
    void exchangeThatWaitsForARevocation_findsNoToken() throws SQLException {
        Client client = client("revoked");
        String id = insert("b", client);
        StoreFixture.Race<List<CredentialDigest>, Exchange> race = store.race(
                id, () -> grants.revoke(digest("access b"), client.credentialId()), () -> exchange("access b", "x b"));

        assertThat(await(race.first())).containsExactly(digest("access b"));
        assertThat(await(race.second())).isInstanceOf(Exchange.Unknown.class);
    }

    /** Also at the end of a chain: the deletion waits for the client of the first token. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deletionOfAClientThatWaitsForAnExchange_returnsItsToken(boolean isChain) throws SQLException {
        Client client = client("deleted " + isChain);
        String name = "c" + isChain;
        insert(name, client);
        assertThat(await(exchange("access " + name, "first " + name))).isInstanceOf(Exchange.Exchanged.class);
        String subject = isChain ? "first " + name : "access " + name;
        StoreFixture.Race<Exchange, List<CredentialDigest>> race = store.race(
                idOf(subject),
                () -> exchange(subject, "second " + name),
                () -> store.entities
                        .delete(
                                EntitySchemas.OAUTH2_CREDENTIALS,
                                EntityRef.of(client.credentialId().toString()))
                        .map(deleted -> deleted.map(WriteResult::invalidated).orElse(List.of())));

        assertThat(await(race.first())).isInstanceOf(Exchange.Exchanged.class);
        assertThat(await(race.second()))
                .contains(digest("access " + name), digest("first " + name), digest("second " + name));
        assertThat(isValid("first " + name)).isFalse();
        assertThat(isValid("second " + name)).isFalse();
    }

    /** At the end of a chain, the revocation has only the lock of the first token in common with the exchange. */
    @Test
    void bulkRevocationThatWaitsForAnExchange_returnsItsToken() throws SQLException {
        Client client = client("bulk");
        insert("h", client);
        assertThat(await(exchange("access h", "first h"))).isInstanceOf(Exchange.Exchanged.class);
        BulkRevocation revocation = new BulkRevocation(store.database);
        StoreFixture.Race<Exchange, BulkRevocation.Batch> race = store.race(
                idOf("first h"),
                () -> exchange("first h", "second h"),
                () -> revocation.removeBatch(null, client.credentialId(), null));

        assertThat(await(race.first())).isInstanceOf(Exchange.Exchanged.class);
        assertThat(await(race.second()).accessTokens())
                .containsExactlyInAnyOrder(digest("access h"), digest("first h"), digest("second h"));
        assertThat(isValid("second h")).isFalse();
    }

    /** The exchange names the grant of an imported token, so that a rotation keeps the name. */
    @Test
    void rotationOfAnImportedToken_keepsTheExchangedOne() {
        Client client = client("rotating");
        UUID id = UUID.fromString(insert("d", client));
        assertThat(await(exchange("access d", "exchanged d"))).isInstanceOf(Exchange.Exchanged.class);

        NewToken next = new NewToken(
                UUID.randomUUID(),
                digest("access 2 d"),
                digest("refresh 2 d"),
                new GrantedAccess(null, null, null, null, id, null),
                null,
                60,
                0);
        await(grants.refresh(digest("refresh d"), digest("attempt d"), client, 60, old -> {
            // The family that the exchange has given to the imported token.
            assertThat(old.access().familyId()).isEqualTo(id);
            return Future.succeededFuture(next);
        }));

        assertThat(isValid("exchanged d")).isTrue();
        assertThat(await(grants.revoke(digest("refresh 2 d"), client.credentialId())))
                .containsExactly(digest("access 2 d"), digest("exchanged d"));
        assertThat(isValid("exchanged d")).isFalse();
    }

    /** The deletion is committed between the authentication of the client and its exchange. */
    @Test
    void exchangeOfADeletedClient_isRefused() {
        insert("i", client("lasting"));
        Client gone = client("gone");
        await(store.entities.delete(
                EntitySchemas.OAUTH2_CREDENTIALS,
                EntityRef.of(gone.credentialId().toString())));

        Future<Exchange> exchanged = exchange("access i", "exchanged i", gone);

        await(exchanged.otherwiseEmpty());
        assertThat(exchanged.cause())
                .isInstanceOfSatisfying(
                        StoreException.OwnerDeleted.class,
                        deleted -> assertThat(deleted.isClient()).isTrue());
        assertThat(isValid("exchanged i")).isFalse();
    }

    /** It would be a token without end, of 0 seconds. */
    @Test
    void importedTokenThatBeginsWhenItsRowEnds_endsWithItsRow() throws SQLException {
        UUID id = UUID.fromString(insert("j", client("importing")));
        AtomicLong remaining = new AtomicLong();
        try (Connection connection = store.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE oauth2_tokens SET created_at = created_at + 600, delete_at = created_at + 600"
                    + " WHERE id = '" + id + "'");
            await(exchanges
                    .exchange(new ExchangeStore.Request(digest("access j"), null, exchanger), (token, actor) -> {
                        remaining.set(token.remainingSeconds());
                        return Future.<ExchangedToken>failedFuture("read");
                    })
                    .otherwiseEmpty());
            assertThat(remaining.get()).isBetween(500L, 600L);

            statement.execute("UPDATE oauth2_tokens SET created_at = created_at - 700, delete_at = delete_at - 700"
                    + " WHERE id = '" + id + "'");
        }
        assertThat(await(exchange("access j", "exchanged j"))).isInstanceOf(Exchange.Unknown.class);
    }

    @Test
    void actors_areNested() {
        insert("e", client("delegating"));
        await(exchange("access e", "first e"));
        await(exchange("first e", "second e"));

        assertThat(await(exchanges.findActor(digest("second e"))))
                .contains(new Actor("actor", "exchanger", new Actor("actor", "exchanger", null)));
        assertThat(await(exchanges.findActor(digest("access e")))).isEmpty();
    }

    /** The deletion is that of a node of a previous version. */
    @Test
    void deletedToken_leavesNoRowOfItsExchanges() throws SQLException {
        insert("k", client("leaving"));
        await(exchange("access k", "first k"));
        await(exchange("first k", "second k"));
        String id = idOf("second k");
        try (Connection connection = store.connect();
                Statement statement = connection.createStatement()) {
            String touch = "UPDATE oauth2_exchanges SET token_id = token_id WHERE token_id = '" + id + "'";
            assertThat(statement.executeUpdate(touch)).isEqualTo(2);
            statement.execute("DELETE FROM oauth2_tokens WHERE id = '" + id + "'");
            assertThat(statement.executeUpdate(touch)).isZero();
        }
    }

    @Test
    void fullQuota_refusesThatGrantAlone() throws SQLException {
        Client client = client("full");
        UUID id = UUID.fromString(insert("f", client));
        try (Connection connection = store.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("WITH live AS (INSERT INTO oauth2_tokens (id, created_at, credential_id, token_type,"
                    + " expires_in, access_token_digest, family_id, delete_at) SELECT gen_random_uuid(), 0, '"
                    + exchanger.credentialId() + "'::uuid, 'bearer', 60, sha256(convert_to('full ' || n, 'UTF8')),"
                    + " gen_random_uuid(), 99999999999 FROM generate_series(1, " + ExchangeStore.QUOTA + ") n"
                    + " RETURNING id) INSERT INTO oauth2_exchanges (token_id, family_id, credential_id) SELECT id, '"
                    + id + "'::uuid, '" + client.credentialId() + "'::uuid FROM live");
        }
        insert("g", client);

        assertThat(await(exchange("access f", "exchanged f"))).isInstanceOf(Exchange.QuotaExceeded.class);
        assertThat(await(exchange("access g", "exchanged g"))).isInstanceOf(Exchange.Exchanged.class);
    }
}
