package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the second secret of an application, with which its secret is replaced without an interruption. */
class SecondSecretTest {
    private static OAuthApi api;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject()
                .put("enable_client_assertions", true)
                .put("failed_secrets_per_minute", 5)
                .put("issuer", AssertionApi.ISSUER));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static JsonObject register(String name) {
        return api.gatehouse.register(name, new JsonObject());
    }

    private static String path(JsonObject client) {
        return "/oauth2/" + client.getString("id") + "/secrets";
    }

    private static JsonObject addSecret(JsonObject client, JsonObject secret) {
        return api.gatehouse.create(path(client), secret);
    }

    private static Reply token(JsonObject client, String secret) {
        Map<String, String> parameters = asClient(client, "grant_type", "client_credentials");
        parameters.put("client_secret", secret);
        return api.token(parameters);
    }

    private static void isServed(JsonObject client, String secret) {
        token(client, secret).isStatus(200);
    }

    private static void isRefused(JsonObject client, String secret) {
        token(client, secret).isError(400, "invalid_client", "Invalid client authentication");
    }

    @Test
    void secondSecret_isShownOnce_andBothAuthenticate() {
        JsonObject client = register("overlapping");

        JsonObject second = addSecret(client, new JsonObject());

        String secret = second.getString("client_secret");
        assertThat(secret).matches("[A-Za-z0-9]{32}").isNotEqualTo(client.getString("client_secret"));
        String list = api.gatehouse.admin("GET", path(client)).isStatus(200).text();
        assertThat(list).contains(second.getString("id"), "$pbkdf2-sha512$").doesNotContain(secret);
        String one = path(client) + "/" + second.getString("id");
        assertThat(api.gatehouse.admin("GET", one).isStatus(200).text()).doesNotContain(secret);
        for (int i = 0; i < 2; i++) {
            isServed(client, client.getString("client_secret"));
            isServed(client, secret);
        }
    }

    @Test
    void thirdSecret_isRefused() {
        JsonObject client = register("three");
        JsonObject second = addSecret(client, new JsonObject());

        api.gatehouse.admin("POST", path(client), new JsonObject()).isStatus(409);
        api.gatehouse
                .admin(
                        "POST",
                        "/oauth2_secrets",
                        new JsonObject().put("credential", new JsonObject().put("id", client.getString("id"))))
                .isStatus(409);

        isServed(client, second.getString("client_secret"));
    }

    /** The verification of its hash is cached before. */
    @Test
    void deletedSecret_isRefusedAtOnce() {
        JsonObject client = register("deleting");
        JsonObject second = addSecret(client, new JsonObject());
        isServed(client, second.getString("client_secret"));

        api.gatehouse
                .admin("DELETE", path(client) + "/" + second.getString("id"))
                .isStatus(204);

        isRefused(client, second.getString("client_secret"));
        isServed(client, client.getString("client_secret"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rotation_hasNoInterruption_andEndsTheOldSecret(boolean isHashed) {
        JsonObject client =
                api.gatehouse.register("rotating" + isHashed, new JsonObject().put("hash_secret", isHashed));
        String old = client.getString("client_secret");
        JsonObject second = addSecret(client, new JsonObject());
        String next = second.getString("client_secret");
        isServed(client, old);
        isServed(client, next);

        api.gatehouse
                .admin("PATCH", "/oauth2/" + client.getString("id"), new JsonObject().put("client_secret", next))
                .isStatus(200);
        isServed(client, next);
        api.gatehouse
                .admin("DELETE", "/oauth2_secrets/" + second.getString("id"))
                .isStatus(204);

        isServed(client, next);
        isRefused(client, old);
        addSecret(client, new JsonObject());
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void wrongSecrets_areSlowedDownAsWithOneSecret(boolean isFirstHashed, boolean isSecondHashed) {
        JsonObject client = api.gatehouse.register(
                "guessed" + isFirstHashed + isSecondHashed, new JsonObject().put("hash_secret", isFirstHashed));
        JsonObject second = addSecret(client, new JsonObject().put("hash_secret", isSecondHashed));
        isServed(client, client.getString("client_secret"));
        isServed(client, second.getString("client_secret"));
        for (int i = 0; i < 5; i++) {
            isRefused(client, "guess " + i);
        }

        token(client, "guess").isError(429, "slow_down", "Too many failed attempts to authenticate this client");
    }

    @Test
    void secretOfAnotherApplication_andTheStoredHash_areRefused() {
        JsonObject client = register("own");
        JsonObject other = register("other");
        JsonObject second = addSecret(other, new JsonObject());

        isRefused(client, second.getString("client_secret"));
        String hash = api.gatehouse
                .admin("GET", path(other) + "/" + second.getString("id"))
                .json()
                .getString("client_secret");
        isRefused(other, hash);
    }

    @Test
    void publicClient_isNotAuthenticatedByIt() {
        JsonObject client = api.gatehouse.register("native", new JsonObject().put("client_type", "public"));
        JsonObject second = addSecret(client, new JsonObject());

        token(client, second.getString("client_secret"))
                .isError(400, "invalid_request", "client_secret is disallowed for public clients");
    }

    /** As decK does: it replaces the credential as a whole. */
    @Test
    void replacedCredential_keepsIt_andADeletedOneDoesNot() {
        JsonObject client = register("deck");
        JsonObject second = addSecret(client, new JsonObject());
        JsonObject whole = client.copy();
        whole.remove("created_at");

        api.gatehouse
                .admin("PUT", "/oauth2/" + client.getString("id"), whole.put("name", "renamed"))
                .isStatus(200);

        isServed(client, second.getString("client_secret"));
        api.gatehouse.admin("DELETE", "/oauth2/" + client.getString("id")).isStatus(204);
        api.gatehouse.admin("GET", "/oauth2_secrets/" + second.getString("id")).isStatus(404);
    }

    @Test
    void secondSecret_signsAssertions_ifItIsStoredInClear() {
        JsonObject client = register("signing");
        String secret = "a second secret of more than 32 characters";
        JsonObject second =
                addSecret(client, new JsonObject().put("client_secret", secret).put("hash_secret", false));
        for (String key : new String[] {secret, client.getString("client_secret")}) {
            assertion(client, key).isStatus(200);
        }

        api.gatehouse
                .admin("PATCH", "/oauth2_secrets/" + second.getString("id"), new JsonObject().put("hash_secret", true))
                .isStatus(200);

        AssertionApi.isInvalid(assertion(client, secret));
    }

    private static Reply assertion(JsonObject client, String secret) {
        JsonObject claims = Assertions.claims(client.getString("client_id"), AssertionApi.ISSUER);
        return api.token(Assertions.request(Assertions.signed("HS256", secret, claims)));
    }
}
