package io.gatehouse.conformance.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
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
        String[] both = {"Authorization", basic("bert:right"), "Authorization", basic("bert:wrong")};
        api.gatehouse.get(path, both).isStatus(401);
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

    private static RawClient.Answer asBoth(String path, String inProxyAuthorization, String inAuthorization) {
        return api.getWithBoth(path, basic(inProxyAuthorization), basic(inAuthorization));
    }

    @Test
    void aPasswordIsReadFromProxyAuthorizationFirst() {
        String path = api.protectedBy("basic-auth", new JsonObject());
        credential(api.consumer(), "hans", "p");
        credential(api.consumer(), "ilse", "q");
        RawClient.Answer answer = asBoth(path, "ilse:q", "hans:p");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text())
                .contains("\"x-credential-identifier\":\"ilse\"")
                .doesNotContain("proxy-authorization");
        assertThat(asBoth(path, "ilse:x", "hans:p").status()).isEqualTo(401);
    }

    @Test
    void anUnknownUsernameInProxyAuthorizationLeavesAuthorization() {
        String path = api.protectedBy("basic-auth", new JsonObject());
        credential(api.consumer(), "jana", "p");
        RawClient.Answer answer = asBoth(path, "of-another-proxy:q", "jana:p");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).contains("\"x-credential-identifier\":\"jana\"");
        // The second time, the proxy has cached that no credential has the username.
        assertThat(asBoth(path, "of-another-proxy:q", "jana:p").status()).isEqualTo(200);
    }

    @Test
    void malformedCredentialsAreHiddenToo() {
        String path = api.protectedBy(
                "basic-auth", new JsonObject().put("hide_credentials", true).put("anonymous", api.consumer()));
        for (String value : List.of(basic("password-without-username"), "basic ???")) {
            assertThat(api.gatehouse
                            .get(path, "Authorization", value)
                            .isStatus(200)
                            .upstreamHeader("authorization"))
                    .isNull();
        }
        assertThat(api.gatehouse
                        .get(path, "Authorization", basic("a:b"), "Authorization", basic("c:d"))
                        .isStatus(200)
                        .upstreamHeader("authorization"))
                .isNull();
        assertThat(api.gatehouse
                        .get(path, "Authorization", "Bearer of-the-upstream")
                        .isStatus(200)
                        .upstreamHeader("authorization"))
                .isEqualTo("Bearer of-the-upstream");
    }

    @Test
    void aClientCannotSetTheIdentity() {
        String path = api.protectedBy("basic-auth", new JsonObject());
        String consumer = api.consumer();
        credential(consumer, "kurt", "p");
        Reply reply = api.gatehouse
                .get(
                        path,
                        "Authorization",
                        basic("kurt:p"),
                        "X-Consumer-Username",
                        "admin",
                        "X-Consumer-Custom-Id",
                        "admin",
                        "X-Credential-Identifier",
                        "admin",
                        "X-Anonymous-Consumer",
                        "true")
                .isStatus(200);
        assertThat(reply.upstreamHeader("x-consumer-username")).isEqualTo(consumer);
        assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo("kurt");
        assertThat(reply.upstreamHeader("x-consumer-custom-id")).isNull();
        assertThat(reply.upstreamHeader("x-anonymous-consumer")).isNull();
    }

    @Test
    void withoutAnonymousEveryPluginHasToAuthenticate() {
        String path = api.protectedBy("basic-auth", new JsonObject());
        api.add(path, "key-auth", new JsonObject());
        String consumer = api.consumer();
        credential(consumer, "olga", "p");
        JsonObject key = api.key(api.consumer());
        as(path, "olga:p").isStatus(401);
        api.getWithKey(path, key).isStatus(401);
        Reply both = api.gatehouse
                .get(path, "apikey", key.getString("key"), "Authorization", basic("olga:p"))
                .isStatus(200);
        // The plugin that runs last names the Consumer.
        assertThat(both.upstreamHeader("x-consumer-username")).isEqualTo(consumer);
    }

    @Test
    void withAnonymousOnePluginSuffices() {
        JsonObject config = new JsonObject().put("anonymous", api.consumer());
        String path = api.protectedBy("basic-auth", config);
        api.add(path, "key-auth", config);
        api.add(path, "hmac-auth", config);
        String consumer = api.consumer();
        credential(consumer, "paul", "p");
        for (Reply reply : List.of(as(path, "paul:p"), api.getWithKey(path, api.key(consumer)))) {
            assertThat(reply.isStatus(200).upstreamHeader("x-consumer-username"))
                    .isEqualTo(consumer);
            assertThat(reply.upstreamHeader("x-anonymous-consumer")).isNull();
        }
        Reply none = as(path, "paul:x").isStatus(200);
        assertThat(none.upstreamHeader("x-anonymous-consumer")).isEqualTo("true");
        assertThat(none.upstreamHeader("x-credential-identifier")).isNull();
    }

    @Test
    void aRepeatedWriteOfAPasswordKeepsItsHash() {
        String path = api.protectedBy("basic-auth", new JsonObject());
        String consumer = api.consumer();
        JsonObject stored = credential(consumer, "lena", "p");
        JsonObject given = new JsonObject().put("username", "lena").put("password", "p");
        String put = "/consumers/" + consumer + "/basic-auth/" + stored.getString("id");
        assertThat(api.gatehouse.admin("PUT", put, given).isStatus(200).json()).isEqualTo(stored);
        as(path, "lena:p").isStatus(200);
    }

    @Test
    void anotherConsumerNeedsANewPassword() {
        String path = api.protectedBy("basic-auth", new JsonObject());
        credential(api.consumer(), "nina", "p");
        String other = api.consumer();
        String id = api.gatehouse.admin("GET", "/consumers/" + other).json().getString("id");
        JsonObject patch = new JsonObject().put("consumer", new JsonObject().put("id", id));
        api.gatehouse
                .admin("PATCH", "/basic-auths/nina", patch)
                .isMessage(400, "schema violation (password: required with another consumer)");
        api.gatehouse
                .admin("PATCH", "/basic-auths/nina", patch.put("password", "q"))
                .isStatus(200);
        assertThat(as(path, "nina:q").isStatus(200).upstreamHeader("x-consumer-username"))
                .isEqualTo(other);
    }

    @Test
    void aReferenceToAVaultIsNoPassword() {
        JsonObject given = new JsonObject().put("username", "mona").put("password", "{vault://env/mona}");
        api.gatehouse
                .admin("POST", "/consumers/" + api.consumer() + "/basic-auth", given)
                .isMessage(400, "schema violation (password: references to a vault are not supported here)");
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
