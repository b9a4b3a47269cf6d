package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.NewToken;
import io.vertx.core.Future;
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
}
