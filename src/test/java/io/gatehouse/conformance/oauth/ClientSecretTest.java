package io.gatehouse.conformance.oauth;

import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How secrets are kept, compared and guessed. */
class ClientSecretTest {
    private static OAuthApi api;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject().put("failed_secrets_per_minute", 3));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Reply token(JsonObject client, String secret) {
        Map<String, String> parameters = asClient(client, "grant_type", "client_credentials");
        parameters.put("client_secret", secret);
        return api.token(parameters);
    }

    @Test
    void aHashedSecretWorksAgainAndAgainAndItsChangeCountsAtOnce() {
        JsonObject client = api.gatehouse.register("hashed", new JsonObject().put("hash_secret", true));
        String secret = client.getString("client_secret");
        token(client, secret).isStatus(200);
        token(client, secret).isStatus(200);

        api.gatehouse
                .admin(
                        "PATCH",
                        "/oauth2/" + client.getString("id"),
                        new JsonObject().put("client_secret", "another secret"))
                .isStatus(200);

        token(client, secret).isError(400, "invalid_client", "Invalid client authentication");
        token(client, "another secret").isStatus(200);
    }

    @Test
    void whoeverGuessesIsSlowedDown() {
        JsonObject client = api.gatehouse.register("guessed", new JsonObject());
        for (int i = 0; i < 3; i++) {
            token(client, "guess " + i).isError(400, "invalid_client", "Invalid client authentication");
        }

        Reply reply = token(client, "guess again");

        reply.isError(429, "slow_down", "Too many failed attempts to authenticate this client");
        assertThat(reply.header("retry-after")).isNotNull();
    }

    @Test
    void guessesForOneClientDoNotSlowAnother() {
        JsonObject guessed = api.gatehouse.register("target", new JsonObject());
        JsonObject other = api.gatehouse.register("bystander", new JsonObject());
        for (int i = 0; i < 4; i++) {
            token(guessed, "guess");
        }

        token(other, other.getString("client_secret")).isStatus(200);
    }

    @Test
    void wrongSecrets_sentAtOnce_areTriedUpToTheLimit() {
        for (boolean hashed : List.of(false, true)) {
            JsonObject client = api.gatehouse.register("flooded" + hashed, new JsonObject().put("hash_secret", hashed));
            List<CompletableFuture<Reply>> replies = IntStream.range(0, 400)
                    .mapToObj(i -> tokenAsync(client, "guess " + i))
                    .toList();

            assertThat(replies.stream()
                            .map(CompletableFuture::join)
                            .filter(reply -> reply.status() == 400)
                            .count())
                    .as("secrets tried, hashed: " + hashed)
                    .isEqualTo(3);
        }
    }

    @Test
    void rightSecret_neverCounts_with100InFlight() {
        for (boolean hashed : List.of(false, true)) {
            JsonObject client = api.gatehouse.register("busy" + hashed, new JsonObject().put("hash_secret", hashed));
            List<CompletableFuture<Reply>> replies = IntStream.range(0, 100)
                    .mapToObj(i -> tokenAsync(client, client.getString("client_secret")))
                    .toList();

            assertThat(replies.stream().map(CompletableFuture::join).map(Reply::status))
                    .as("hashed: " + hashed)
                    .containsOnly(200);
        }
    }

    private static CompletableFuture<Reply> tokenAsync(JsonObject client, String secret) {
        Map<String, String> parameters = asClient(client, "grant_type", "client_credentials");
        parameters.put("client_secret", secret);
        return Http.sendAsync(
                Http.form(api.gatehouse.secureUrl("/api/oauth2/token"), parameters), Duration.ofMinutes(2));
    }
}
