package io.gatehouse.issuer;

import static io.gatehouse.conformance.oauth.OAuthApi.REDIRECT_URI;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests what anyone can store in the name of a public client. */
class PublicClientLimitTest {
    private OAuthApi api;
    private JsonObject app;

    @BeforeEach
    void start() {
        api = new OAuthApi(
                Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1/32")),
                new JsonObject()
                        .put("enable_par", true)
                        .put("enable_device_authorization", true)
                        .put("verification_uri", "https://login.example/device")
                        .put("failed_secrets_per_minute", 0));
        app = register("app", "public");
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private JsonObject register(String name, String type) {
        return api.gatehouse.register(
                name, new JsonObject().put("client_type", type).put("redirect_uris", List.of(REDIRECT_URI)));
    }

    private Reply send(JsonObject client, String endpoint, String address) {
        Map<String, String> parameters = OAuthApi.asClient(
                client, "response_type", "code", "code_challenge", "c".repeat(43), "code_challenge_method", "S256");
        return Http.send(Http.form(api.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/" + endpoint), parameters)
                .header("X-Real-IP", address));
    }

    @Test
    void requestsOfOneNetwork_areLimitedForThatNetworkAndClientAlone() {
        for (int i = 0; i < PublicClientLimit.PER_MINUTE / 2; i++) {
            send(app, "par", "192.0.2.1").isStatus(201);
            send(app, "device_authorization", "192.0.2.1").isStatus(200);
        }

        send(app, "par", "192.0.2.1").isError(429, "slow_down", "Too many requests of this client");
        send(app, "device_authorization", "192.0.2.1").isStatus(429);

        send(app, "par", "192.0.2.2").isStatus(201);
        send(app, "device_authorization", "192.0.2.2").isStatus(200);
        send(register("other", "public"), "par", "192.0.2.1").isStatus(201);
        assertThat(send(register("shop", "confidential"), "par", "192.0.2.1").status())
                .isEqualTo(201);
    }

    @Test
    void scopeOfADevice_isBounded() {
        Map<String, String> parameters = OAuthApi.asClient(app, "scope", "x".repeat(8_193));

        api.post("device_authorization", parameters)
                .isError(413, "invalid_request", "scope has more than 8192 characters");
    }
}
