package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the Admin API has answered, the change is served; docs/reference/oauth2.md#changes. */
class AtOnceTest {
    private static Gatehouse gatehouse;
    private static Upstream upstream;
    private static int round;

    private String name;
    private JsonObject application;
    private JsonObject plugin;
    private String token;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @BeforeEach
    void aTokenThatEveryCacheKnows() {
        name = "api" + ++round;
        gatehouse.createApi(name, "/" + name, upstream.port());
        plugin = gatehouse.protect(name, new JsonObject().put("scopes", List.of("email")));
        application = gatehouse.register("consumer-of-" + name, new JsonObject());
        token = gatehouse.clientCredentialsToken("/" + name, application);
        gatehouse.getWithToken("/" + name, token).isStatus(200);
    }

    private void isRefused() {
        gatehouse
                .getWithToken("/" + name, token)
                .isError(401, "invalid_token", "The access token is invalid or has expired");
    }

    @Test
    void aDeletedTokenIsRefused() {
        gatehouse.admin("DELETE", "/oauth2_tokens/" + token).isStatus(204);
        isRefused();
    }

    @Test
    void theTokensOfADeletedCredentialAreRefused() {
        gatehouse
                .admin("DELETE", "/oauth2/" + application.getString("client_id"))
                .isStatus(204);
        isRefused();
    }

    @Test
    void theTokensOfADeletedConsumerAreRefused() {
        gatehouse.admin("DELETE", "/consumers/consumer-of-" + name).isStatus(204);
        isRefused();
    }

    @Test
    void aCredentialMadeAgainUnderTheSameIdDoesNotBringItsTokensBack() {
        gatehouse.admin("DELETE", "/oauth2/" + application.getString("id")).isStatus(204);
        gatehouse
                .admin(
                        "PUT",
                        "/consumers/consumer-of-" + name + "/oauth2/" + application.getString("id"),
                        new JsonObject().put("name", "again").put("client_id", application.getString("client_id")))
                .isStatus(200);
        isRefused();
    }

    @Test
    void aRenamedConsumerIsCalledByItsNewName() {
        gatehouse
                .admin("PATCH", "/consumers/consumer-of-" + name, new JsonObject().put("username", "renamed-" + name))
                .isStatus(200);
        assertThat(gatehouse.getWithToken("/" + name, token).isStatus(200).upstreamHeader("x-consumer-username"))
                .isEqualTo("renamed-" + name);
    }

    @Test
    void aPluginSwitchedOffOpensTheApiAndSwitchedOnClosesIt() {
        String path = "/plugins/" + plugin.getString("id");
        gatehouse.admin("PATCH", path, new JsonObject().put("enabled", false)).isStatus(200);
        gatehouse.get("/" + name).isStatus(200);
        gatehouse.admin("PATCH", path, new JsonObject().put("enabled", true)).isStatus(200);
        gatehouse.get("/" + name).isStatus(401);
    }

    @Test
    void aTokenThatWasUnknownAMomentAgoWorksWhenItIsImported() {
        String imported = "imported-" + name;
        gatehouse.getWithToken("/" + name, imported).isStatus(401);
        importToken(imported);
        gatehouse.getWithToken("/" + name, imported).isStatus(200);
    }

    @Test
    void aDeletedTokenWorksWhenItIsImportedAgain() {
        gatehouse.admin("DELETE", "/oauth2_tokens/" + token).isStatus(204);
        isRefused();
        importToken(token);
        gatehouse.getWithToken("/" + name, token).isStatus(200);
    }

    private void importToken(String accessToken) {
        gatehouse.create(
                "/oauth2_tokens",
                new JsonObject()
                        .put("credential", new JsonObject().put("id", application.getString("id")))
                        .put("service", new JsonObject().put("name", name))
                        .put("expires_in", 3600)
                        .put("access_token", accessToken));
    }

    @Test
    void aRouteIsThereAndGone() {
        gatehouse.get("/new-" + name).isMessage(404, "no Route matched with those values");
        String id = gatehouse
                .create("/services/" + name + "/routes", new JsonObject().put("paths", List.of("/new-" + name)))
                .getString("id");
        gatehouse.getWithToken("/new-" + name, token).isStatus(200);
        gatehouse.admin("DELETE", "/routes/" + id).isStatus(204);
        gatehouse.get("/new-" + name).isMessage(404, "no Route matched with those values");
    }

    @Test
    void aClientThatIsGoneGetsNoToken() {
        gatehouse.admin("DELETE", "/oauth2/" + application.getString("id")).isStatus(204);
        gatehouse
                .token("/" + name, Gatehouse.clientCredentials(application))
                .isError(400, "invalid_client", "Invalid client authentication");
    }
}
