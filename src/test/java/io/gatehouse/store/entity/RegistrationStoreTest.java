package io.gatehouse.store.entity;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.store.StoreException;
import io.gatehouse.store.StoreFixture;
import io.gatehouse.store.entity.RegistrationStore.Limits;
import io.gatehouse.store.entity.RegistrationStore.Registered;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tests the registration of a client (RFC 7591) at a plugin that is deleted meanwhile, and with the redirect URI of an application. */
class RegistrationStoreTest {
    private static final String CALLBACK = "https://app.example/callback";

    private static Map<String, Object> application(Document consumer, String redirectUri) {
        return Map.of(
                "name",
                "registered",
                "consumer",
                StoreFixture.reference(consumer.id()),
                "client_type",
                "public",
                "redirect_uris",
                List.of(redirectUri));
    }

    private static Registered registered(Document consumer, String redirectUri) {
        Document credential = EntitySchemas.OAUTH2_CREDENTIALS.check(application(consumer, redirectUri));
        Document metadata =
                EntitySchemas.OAUTH2_METADATA.check(Map.of("credential", StoreFixture.reference(credential.id())));
        return new Registered(credential, metadata);
    }

    /** It would count for no plugin, and stay for ever. */
    @Test
    void clientOfADeletedPlugin_isNotStored() {
        try (StoreFixture store = new StoreFixture()) {
            RegistrationStore registrations = new RegistrationStore(store.database);
            Document consumer = store.insert(EntitySchemas.CONSUMERS, Map.of("username", "partners"));
            Registered client = registered(consumer, CALLBACK);
            Document plugin = store.insert(EntitySchemas.PLUGINS, Map.of("name", "key-auth"));
            Limits limits = new Limits(plugin.id(), 10, 10);
            await(store.entities.delete(EntitySchemas.PLUGINS, EntityRef.of(plugin.string("id"))));

            Future<Void> stored = registrations.insert(limits, CredentialDigest.of("token"), client);

            await(stored.otherwiseEmpty());
            assertThat(stored.cause())
                    .isInstanceOfSatisfying(
                            StoreException.OwnerDeleted.class,
                            deleted -> assertThat(deleted.isClient()).isFalse());
            UUID id = client.credential().id();
            assertThat(await(store.entities.find(EntitySchemas.OAUTH2_CREDENTIALS, EntityRef.of(id.toString()))))
                    .isEmpty();
        }
    }

    private static Limits limits(StoreFixture store) {
        Document plugin = store.insert(EntitySchemas.PLUGINS, Map.of("name", "key-auth"));
        return new Limits(plugin.id(), 10, 10);
    }

    private static void isTaken(Future<?> stored) {
        await(stored.otherwiseEmpty());
        assertThat(stored.cause())
                .isInstanceOfSatisfying(
                        RegistrationStore.Refused.class,
                        refused ->
                                assertThat(refused.refusal()).isEqualTo(RegistrationStore.Refusal.REDIRECT_URI_TAKEN));
    }

    /** An application without the tag is one of an operator, also if a registration has created it. */
    @Test
    void redirectUriOfTheClientItself_isNotTaken() {
        try (StoreFixture store = new StoreFixture()) {
            RegistrationStore registrations = new RegistrationStore(store.database);
            Document consumer = store.insert(EntitySchemas.CONSUMERS, Map.of("username", "partners"));
            Limits limits = limits(store);
            Registered client = registered(consumer, CALLBACK);
            await(registrations.insert(limits, CredentialDigest.of("token"), client));

            assertThat(await(registrations.replace(client, current -> current))).isPresent();

            isTaken(registrations.insert(limits, CredentialDigest.of("other"), registered(consumer, CALLBACK)));
        }
    }

    /** The lower case of this letter has one character in PostgreSQL, and two in Java. */
    @Test
    void redirectUriWithALetterBeyondAscii_isTaken() {
        try (StoreFixture store = new StoreFixture()) {
            RegistrationStore registrations = new RegistrationStore(store.database);
            Document consumer = store.insert(EntitySchemas.CONSUMERS, Map.of("username", "partners"));
            String callback = "com.example.app:/\u0130";
            store.insert(EntitySchemas.OAUTH2_CREDENTIALS, application(consumer, callback));
            Limits limits = limits(store);

            for (String taken : List.of(callback, "COM.example.app:/\u0130?a=b")) {
                isTaken(registrations.insert(limits, CredentialDigest.of(taken), registered(consumer, taken)));
            }
        }
    }
}
