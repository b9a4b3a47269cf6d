package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guesses of the provision key at each endpoint that reads it, through a trusted balancer (docs/reference/oauth2.md#provision-key). */
class ProvisionKeyGuessesTest {
    private static final int LIMIT = 3;
    private static final AtomicInteger NETWORKS = new AtomicInteger();

    private static Upstream upstream;
    private static Gatehouse gatehouse;
    private static JsonObject client;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1", "::1")));
        for (String api : List.of("api", "other")) {
            gatehouse.createApi(api, "/" + api, upstream.port());
            gatehouse.protect(
                    api,
                    OAuthApi.allGrants()
                            .put("enable_client_credentials", true)
                            .put("enable_introspection", true)
                            .put("failed_secrets_per_minute", LIMIT));
        }
        client = gatehouse.register("alex", new JsonObject().put("redirect_uris", List.of(OAuthApi.REDIRECT_URI)));
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    /** A /64 that no other test guesses from. */
    private static String network() {
        return "2001:db8:0:" + Integer.toHexString(NETWORKS.incrementAndGet());
    }

    private static Reply send(String api, String endpoint, @Nullable String provisionKey, String address) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("client_id", client.getString("client_id"));
        parameters.put("client_secret", client.getString("client_secret"));
        parameters.put("authenticated_userid", "owner");
        if (provisionKey != null) {
            parameters.put("provision_key", provisionKey);
        }
        switch (endpoint) {
            case "authorize" -> parameters.put("response_type", "code");
            case "introspect" -> parameters.put("token", "unknown");
            default -> parameters.put("grant_type", endpoint);
        }
        String path = "/" + api + "/oauth2/" + (endpoint.matches("authorize|introspect") ? endpoint : "token");
        return Http.send(Http.form(gatehouse.secureUrl(path), parameters).header("X-Real-IP", address));
    }

    @ParameterizedTest
    @ValueSource(strings = {"authorize", "password", "client_credentials", "introspect"})
    void guessesAreLimitedForEachNetwork(String endpoint) {
        String network = network();
        for (int i = 1; i <= LIMIT; i++) {
            send("api", endpoint, "guess " + i, network + "::" + i)
                    .isError(400, "invalid_provision_key", "Invalid provision_key");
        }

        for (String key : List.of("another guess", OAuthApi.PROVISION_KEY)) {
            Reply reply = send("api", endpoint, key, network + "::ffff");
            reply.isError(429, "slow_down", "Too many wrong provision keys");
            assertThat(reply.header("retry-after")).isNotNull();
        }

        send("api", endpoint, OAuthApi.PROVISION_KEY, network() + "::1").isStatus(200);
        send("other", endpoint, OAuthApi.PROVISION_KEY, network + "::1").isStatus(200);
    }

    @Test
    void guessesAtOneEndpointCountAtTheOthers() {
        String network = network();
        for (String endpoint : List.of("authorize", "password", "introspect")) {
            send("api", endpoint, "guess", network + "::1").isStatus(400);
        }

        send("api", "client_credentials", OAuthApi.PROVISION_KEY, network + "::1")
                .isStatus(429);
    }

    @Test
    void rightAndMissingKeysDoNotCount() {
        String network = network();
        for (int i = 0; i <= LIMIT; i++) {
            send("api", "authorize", OAuthApi.PROVISION_KEY, network + "::1").isStatus(200);
            send("api", "authorize", null, network + "::1")
                    .isError(400, "invalid_provision_key", "Invalid provision_key");
        }
    }

    @Test
    void guessesOfTheKeyAndOfASecretCountApart() {
        String network = network();
        for (int i = 0; i < LIMIT; i++) {
            send("api", "authorize", "guess", network + "::1").isStatus(400);
        }

        Map<String, String> parameters = OAuthApi.asClient(client, "grant_type", "client_credentials");
        Http.send(Http.form(gatehouse.secureUrl("/api/oauth2/token"), parameters)
                        .header("X-Real-IP", network + "::1"))
                .isStatus(200);
    }
}
