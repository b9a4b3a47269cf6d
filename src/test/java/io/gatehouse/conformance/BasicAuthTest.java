package io.gatehouse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the basic-auth plugin against Kong 3.10. */
class BasicAuthTest {
    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static JsonObject credential(String consumer, String username, String password) {
        return api.gatehouse.create(
                "/consumers/" + consumer + "/basic-auth",
                new JsonObject().put("username", username).put("password", password));
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static Reply as(String path, String pair) {
        return api.gatehouse.get(path, "Authorization", basic(pair));
    }

    @Test
    void aPasswordAuthenticatesItsConsumer() {
        String path = api.protectedBy("basic-auth", new JsonObject());
        String consumer = api.consumer();
        credential(consumer, "anna", "pä:ss");

        Reply reply = as(path, "anna:pä:ss").isStatus(200);

        assertThat(reply.upstreamHeader("x-consumer-username")).isEqualTo(consumer);
        assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo("anna");
        assertThat(reply.upstreamHeader("authorization")).isNotNull();
    }

    @Test
    void anInvalidCredentialIsRejected() {
        String path = api.protectedBy("basic-auth", new JsonObject());
        credential(api.consumer(), "bert", "right");
        for (String pair : new String[] {"bert:wrong", "bert:", "bert", "unknown:right", ":right", "bert:right\n"}) {
            Reply reply = as(path, pair).isMessage(401, "Unauthorized");
            assertThat(reply.header("www-authenticate")).isEqualTo("Basic realm=\"service\"");
        }
        api.gatehouse.get(path).isMessage(401, "Unauthorized");
        api.gatehouse.get(path, "Authorization", "Basic ???").isStatus(401);
        api.gatehouse.get(path, "Authorization", "Bearer YmVydDpyaWdodA==").isStatus(401);
        api.gatehouse
                .get(path, "Authorization", basic("bert:right"), "Authorization", basic("bert:wrong"))
                .isStatus(401);
    }

    @Test
    void theAdminApiShowsTheHashOfAPassword() {
        String consumer = api.consumer();
        JsonObject stored = credential(consumer, "carl", "secret");
        String hash = stored.getString("password");
        assertThat(hash).matches("[0-9a-f]{40}");
        assertThat(api.gatehouse
                        .admin("GET", "/consumers/" + consumer + "/basic-auth/carl")
                        .json())
                .isEqualTo(stored);
        // The hash is no password, and an unchanged one is not hashed again.
        String path = api.protectedBy("basic-auth", new JsonObject());
        as(path, "carl:" + hash).isStatus(401);
        api.gatehouse
                .admin("PATCH", "/basic-auths/carl", new JsonObject().put("password", hash))
                .isStatus(200);
        as(path, "carl:secret").isStatus(200);
    }

    @Test
    void aChangedOrDeletedPasswordStopsToWorkAtOnce() {
        String path = api.protectedBy("basic-auth", new JsonObject());
        credential(api.consumer(), "dora", "old");
        as(path, "dora:old").isStatus(200);
        api.gatehouse
                .admin("PATCH", "/basic-auths/dora", new JsonObject().put("password", "new"))
                .isStatus(200);
        as(path, "dora:old").isStatus(401);
        as(path, "dora:new").isStatus(200);
        api.gatehouse.admin("DELETE", "/basic-auths/dora").isStatus(204);
        as(path, "dora:new").isStatus(401);
    }

    @Test
    void deletingAConsumerDeletesItsPasswords() {
        String path = api.protectedBy("basic-auth", new JsonObject());
        String consumer = api.consumer();
        credential(consumer, "emil", "p");
        as(path, "emil:p").isStatus(200);
        api.gatehouse.admin("DELETE", "/consumers/" + consumer).isStatus(204);
        as(path, "emil:p").isStatus(401);
    }

    @Test
    void credentialsCanBeHiddenAndAnonymousUsed() {
        String anonymous = api.consumer();
        String path = api.protectedBy(
                "basic-auth", new JsonObject().put("hide_credentials", true).put("anonymous", anonymous));
        credential(api.consumer(), "fred", "p");
        assertThat(as(path, "fred:p").isStatus(200).upstreamHeader("authorization"))
                .isNull();
        assertThat(as(path, "fred:x").isStatus(200).upstreamHeader("x-anonymous-consumer"))
                .isEqualTo("true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"username\":\"x\"}", "{\"password\":\"x\"}", "{\"username\":\"\",\"password\":\"x\"}"})
    void aCredentialNeedsUsernameAndPassword(String body) {
        api.gatehouse
                .admin("POST", "/consumers/" + api.consumer() + "/basic-auth", new JsonObject(body))
                .isStatus(400);
    }

    @Test
    void aUsernameIsUnique() {
        credential(api.consumer(), "gina", "p");
        api.gatehouse
                .admin(
                        "POST",
                        "/consumers/" + api.consumer() + "/basic-auth",
                        new JsonObject().put("username", "gina").put("password", "q"))
                .isStatus(409);
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("basic-auth", new JsonObject());
    }
}
