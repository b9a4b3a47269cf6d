package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.oauth.Actor;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ExchangedToken;
import io.gatehouse.oauth.InputToken;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.store.ExchangeStore.Exchange;
import io.vertx.core.Future;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Opens the stores on a database of its own, with a client that exchanges imported tokens. */
abstract class ExchangeFixture {
    static StoreFixture store;
    static ExchangeStore exchanges;
    static GrantStore grants;
    static Client exchanger;

    @BeforeAll
    static void open() {
        store = new StoreFixture();
        exchanges = new ExchangeStore(store.database);
        grants = new GrantStore(store.database);
        exchanger = client("exchanger");
    }

    @AfterAll
    static void close() {
        store.close();
    }

    static Client client(String clientId) {
        store.credential(clientId);
        return await(store.tokens.findClient(clientId)).orElseThrow();
    }

    static CredentialDigest digest(String token) {
        return CredentialDigest.of(token);
    }

    /** An imported token, which has no family. Returns the id of its row. */
    static String insert(String name, Client client) {
        return insert(name, client, UUID.randomUUID().toString());
    }

    static String insert(String name, Client client, String id) {
        return store.token(name, client.credentialId(), UUID.fromString(id));
    }

    static Future<Exchange> exchange(String subject, String name) {
        return exchange(subject, name, exchanger);
    }

    static Future<Exchange> exchange(String subject, String name, Client client) {
        return exchanges.exchange(
                new ExchangeStore.Request(digest(subject), null, client),
                (token, actor) -> Future.succeededFuture(exchanged(token, name)));
    }

    static ExchangedToken exchanged(InputToken subject, String name) {
        return new ExchangedToken(
                new NewToken(
                        UUID.randomUUID(),
                        digest(name),
                        null,
                        subject.access().inFamily(UUID.randomUUID()),
                        subject.access().scope(),
                        30,
                        30),
                new Actor("actor", "exchanger", subject.actor()));
    }

    static boolean isValid(String token) {
        return await(store.tokens.find(digest(token))).isPresent();
    }

    static String idOf(String token) {
        return await(store.tokens.find(digest(token))).orElseThrow().tokenId().toString();
    }
}
