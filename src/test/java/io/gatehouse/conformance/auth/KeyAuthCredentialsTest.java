package io.gatehouse.conformance.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.conformance.PluginApi;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the keys of key-auth as entities of the Admin API, and that the proxy applies a change of them at once. */
class KeyAuthCredentialsTest {
    private static PluginApi api;
    private static String path;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        path = api.protectedBy("key-auth", new JsonObject());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void aDeletedKeyIsRejectedImmediately() {
        JsonObject key = api.key(api.consumer());
        api.getWithKey(path, key).isStatus(200);

        api.gatehouse.admin("DELETE", "/key-auths/" + key.getString("id")).isStatus(204);

        api.getWithKey(path, key).isMessage(401, "Unauthorized");
    }

    @Test
    void aKeyThatIsPutBelowAnotherConsumerMovesImmediately() {
        JsonObject key = api.key(api.consumer());
        api.getWithKey(path, key).isStatus(200);

        for (String name : List.of(key.getString("id"), key.getString("key"))) {
            String other = api.consumer();
            api.gatehouse
                    .admin(
                            "PUT",
                            "/consumers/" + other + "/key-auth/" + name,
                            new JsonObject().put("key", key.getString("key")))
                    .isStatus(200);

            assertThat(api.getWithKey(path, key).isStatus(200).upstreamHeader("x-consumer-username"))
                    .isEqualTo(other);
        }
    }

    @Test
    void theKeysOfADeletedConsumerAreRejectedImmediately() {
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);
        api.getWithKey(path, key).isStatus(200);

        api.gatehouse.admin("DELETE", "/consumers/" + consumer).isStatus(204);

        api.getWithKey(path, key).isMessage(401, "Unauthorized");
    }

    @Test
    void theUpstreamReceivesARenamedConsumerImmediately() {
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);
        api.getWithKey(path, key).isStatus(200);

        api.gatehouse
                .admin("PATCH", "/consumers/" + consumer, new JsonObject().put("custom_id", "c-" + consumer))
                .isStatus(200);

        assertThat(api.getWithKey(path, key).upstreamHeader("x-consumer-custom-id"))
                .isEqualTo("c-" + consumer);
    }

    @Test
    void aNewKeyIsAcceptedAfterARejectedRequestWithIt() {
        String consumer = api.consumer();
        api.gatehouse.get(path, "apikey", "chosen").isMessage(401, "Unauthorized");

        JsonObject key =
                api.gatehouse.create("/consumers/" + consumer + "/key-auth", new JsonObject().put("key", "chosen"));

        api.getWithKey(path, key).isStatus(200);
    }

    @Test
    void aChangedKeyReplacesTheOldOneImmediately() {
        JsonObject key = api.key(api.consumer());
        api.getWithKey(path, key).isStatus(200);

        JsonObject changed = api.gatehouse
                .admin("PATCH", "/key-auths/" + key.getString("id"), new JsonObject().put("key", "changed"))
                .isStatus(200)
                .json();

        api.getWithKey(path, key).isMessage(401, "Unauthorized");
        api.getWithKey(path, changed).isStatus(200);
    }

    @Test
    void aKeyExpiresAfterItsTtl() {
        String consumer = api.consumer();
        JsonObject key = api.gatehouse.create("/consumers/" + consumer + "/key-auth", new JsonObject().put("ttl", 1));

        await().untilAsserted(() -> api.getWithKey(path, key).isMessage(401, "Unauthorized"));
    }

    @Test
    void anAccessTokenIsNotAcceptedAsAKey() {
        JsonObject key = api.key(api.consumer());
        api.getWithKey(path, key).isStatus(200);
        String oauth2 = api.protectedBy("oauth2", new JsonObject().put("enable_client_credentials", true));

        api.gatehouse
                .getWithToken(oauth2, "key-auth:" + key.getString("key"))
                .isError(401, "invalid_token", "The access token is invalid or has expired");

        api.getWithKey(path, key).isStatus(200);
    }

    @Test
    void keysAreFoundByIdAndByKeyBelowTheirConsumerOrNot() {
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);

        assertThat(key.getString("key")).matches("[A-Za-z0-9]{32}");
        for (String place : List.of("/key-auths/", "/consumers/" + consumer + "/key-auth/")) {
            for (String name : List.of("id", "key")) {
                assertThat(api.gatehouse
                                .admin("GET", place + key.getString(name))
                                .isStatus(200)
                                .json())
                        .isEqualTo(key);
            }
        }
        api.gatehouse
                .admin(
                        "POST",
                        "/consumers/" + consumer + "/key-auth",
                        new JsonObject().put("key", key.getString("key")))
                .isStatus(409);
        api.gatehouse
                .admin("POST", "/key-auths", new JsonObject())
                .isMessage(400, "schema violation (consumer: required field missing)");
    }

    @Test
    void aRepeatedPutOfAKeyKeepsItValid() {
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);
        api.gatehouse
                .admin("PUT", "/consumers/" + consumer + "/key-auth/" + key.getString("id"), key)
                .isStatus(200);
        api.getWithKey(path, key).isStatus(200);
    }
}
