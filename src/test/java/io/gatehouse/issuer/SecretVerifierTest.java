package io.gatehouse.issuer;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.issuer.grant.FailedSecrets;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ClientMetadata;
import io.gatehouse.oauth.ClientSecret;
import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.oauth.OAuth2Exception;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many verifications at once (docs/reference/oauth2.md#client-authentication). */
class SecretVerifierTest {
    private static final int LIMIT = 30;
    private static final int REQUESTS = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private final SecretVerifier verifier =
            new SecretVerifier(vertx, (secret, phc) -> Future.failedFuture("no hash is outdated"));
    private final FailedSecrets failed = new FailedSecrets();

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rightSecret_neverCounts_with1000InFlight(boolean hashed) {
        Client client = client(hashed);

        assertThat(atOnce(LIMIT, client, i -> "right")).containsOnly("true");
        // None of them counted: each of as many wrong ones as the limit allows is tried.
        assertThat(atOnce(LIMIT, client, i -> "wrong " + i))
                .filteredOn("false"::equals)
                .hasSize(LIMIT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wrongSecrets_areTriedUpToTheLimit_with1000InFlight(boolean hashed) {
        List<String> results = atOnce(LIMIT, client(hashed), i -> "wrong " + i);

        assertThat(results).filteredOn("false"::equals).hasSize(LIMIT);
        assertThat(results).filteredOn("slow_down"::equals).hasSize(REQUESTS - LIMIT);
    }

    /** A second secret gives an attacker no more attempts. */
    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void eachOfTwoSecrets_isRight_andAWrongOneCountsOnce(boolean isFirstHashed, boolean isSecondHashed) {
        Client client = client(List.of(secret("right", isFirstHashed), secret("also right", isSecondHashed)));

        assertThat(atOnce(LIMIT, client, i -> i % 2 == 0 ? "right" : "also right"))
                .containsOnly("true");
        List<String> results = atOnce(LIMIT, client, i -> "wrong " + i);
        assertThat(results).filteredOn("false"::equals).hasSize(LIMIT);
        assertThat(results).filteredOn("slow_down"::equals).hasSize(REQUESTS - LIMIT);
    }

    @Test
    void atMost200HashedSecretsWait() {
        List<String> results = atOnce(0, client(true), i -> "wrong " + i);

        assertThat(results).filteredOn("false"::equals).hasSize(200);
        assertThat(results).filteredOn("unavailable"::equals).hasSize(REQUESTS - 200);
        assertThat(atOnce(0, client(false), i -> "wrong " + i))
                .as("secrets in clear")
                .containsOnly("false");
    }

    @Test
    void aClientWithTwoHashesTakesTheRoomOfTwo() {
        Client client = client(List.of(secret("right", true), secret("also right", true)));

        List<String> results = atOnce(0, client, i -> "wrong " + i);

        assertThat(results).filteredOn("false"::equals).hasSize(100);
        assertThat(results).filteredOn("unavailable"::equals).hasSize(REQUESTS - 100);
        assertThat(atOnce(0, client, i -> "right")).as("one verification").containsOnly("true");
    }

    /** The result of each verification: a boolean, the code of the error, or {@code unavailable} for a 503. */
    private List<String> atOnce(int limit, Client client, IntFunction<String> secret) {
        Promise<List<String>> done = Promise.promise();
        vertx.runOnContext(start -> {
            List<Future<String>> all = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                FailedSecrets.Attempts attempts = failed.ofClient(limit, client.clientId(), "192.0.2.1");
                all.add(verifier.verify(client, List.of(secret.apply(i)), attempts)
                        .map(String::valueOf)
                        .otherwise(failure -> failure instanceof IssuerUnavailable
                                ? "unavailable"
                                : ((OAuth2Exception) failure).error().code()));
            }
            Future.all(all).<List<String>>map(results -> results.list()).onComplete(done);
        });
        return await(done.future());
    }

    private static Client client(boolean hashed) {
        return client(List.of(secret("right", hashed)));
    }

    private static ClientSecret secret(String secret, boolean hashed) {
        return new ClientSecret(
                UUID.randomUUID(), hashed ? HashedSecret.of(secret).phc() : secret);
    }

    private static Client client(List<ClientSecret> secrets) {
        return new Client(
                UUID.randomUUID(),
                "client",
                secrets,
                true,
                List.of(),
                ClientMetadata.NONE,
                UUID.randomUUID(),
                "alex",
                null);
    }
}
