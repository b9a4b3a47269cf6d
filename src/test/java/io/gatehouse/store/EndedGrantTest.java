package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.store.ExchangeStore.Exchange;
import io.gatehouse.store.GrantStore.Redemption;
import io.gatehouse.store.entity.EntityRef;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tests grants that have ended, while the rows of the tokens that come from them by an exchange stay until they expire. */
class EndedGrantTest extends ExchangeFixture {
    /** The grant keeps the name that an exchange has given to the imported token. */
    private static void rotate(String name, Client client) {
        await(grants.refresh(
                digest("refresh " + name),
                digest("attempt " + name),
                client,
                60,
                old -> Future.succeededFuture(new NewToken(
                        UUID.randomUUID(),
                        digest("access 2 " + name),
                        digest("refresh 2 " + name),
                        old.access(),
                        old.access().scope(),
                        60,
                        0))));
    }

    /** Otherwise a client that presents a rotated refresh token again and again would evict cached states of every client. */
    @Test
    void grantThatIsEndedAgain_invalidatesNothing() {
        Client client = client("ending");
        UUID family = UUID.fromString(insert("a", client));
        await(exchange("access a", "exchanged a"));
        rotate("a", client);
        assertThat(await(grants.revoke(digest("refresh a"), client.credentialId())))
                .containsExactlyInAnyOrder(digest("access 2 a"), digest("exchanged a"));

        assertThat(await(grants.revoke(digest("refresh a"), client.credentialId())))
                .isEmpty();
        assertThat(await(grants.revokeFamily(family))).isEmpty();
    }

    @Test
    void tokenThatIsImportedAgainWithItsId_makesNoEndedTokenValid() {
        Client client = client("importing");
        String id = insert("b", client);
        await(exchange("access b", "first b"));
        await(exchange("first b", "second b"));
        await(store.entities.delete(EntitySchemas.OAUTH2_TOKENS, EntityRef.of(id)));
        insert("b", client, id);

        assertThat(await(exchange("access b", "third b"))).isInstanceOf(Exchange.Exchanged.class);

        assertThat(isValid("third b")).isTrue();
        assertThat(isValid("first b")).isFalse();
        assertThat(isValid("second b")).isFalse();
    }

    @Test
    void tokenThatIsImportedWithTheIdOfARotatedOne_endsNoTokenOfThatGrant() {
        Client client = client("rotating");
        String id = insert("c", client);
        await(exchange("access c", "first c"));
        rotate("c", client);
        insert("again c", client, id);

        assertThat(await(exchange("access again c", "second c"))).isInstanceOf(Exchange.Exchanged.class);

        assertThat(isValid("first c")).isTrue();
        assertThat(isValid("second c")).isTrue();
    }

    /** The successor of the refresh would not end with the grant of the subject. */
    @Test
    void refreshTokenThatTheAdminApiGivesToAnExchangedToken_isInvalid() {
        insert("d", client("giving"));
        await(exchange("access d", "first d"));
        await(store.entities.write(
                EntitySchemas.OAUTH2_TOKENS,
                EntityRef.of("first d"),
                current -> Future.succeededFuture(
                        Objects.requireNonNull(current).with("refresh_token", "refresh first d"))));

        assertThat(await(store.tokens.findByRefreshToken(digest("refresh first d"))))
                .isEmpty();
        assertThat(await(grants.refresh(
                        digest("refresh first d"),
                        digest("attempt first d"),
                        exchanger,
                        60,
                        old -> Future.failedFuture("the refresh token is valid"))))
                .isInstanceOf(Redemption.Unknown.class);
        assertThat(isValid("first d")).isTrue();
    }

    @Test
    void tokenThatIsGivenToAnotherClientAndBack_makesNoEndedTokenValid() {
        Client client = client("first owner");
        insert("e", client);
        await(exchange("access e", "first e"));

        give("access e", client("second owner"));
        assertThat(isValid("first e")).isFalse();
        give("access e", client);

        assertThat(isValid("access e")).isTrue();
        assertThat(isValid("first e")).isFalse();
    }

    private static void give(String token, Client client) {
        await(store.entities.write(
                EntitySchemas.OAUTH2_TOKENS,
                EntityRef.of(token),
                current -> Future.succeededFuture(Objects.requireNonNull(current)
                        .with("credential", StoreFixture.reference(client.credentialId())))));
    }
}
