package io.gatehouse.conformance.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the methods {@code password} and {@code client_credentials} of openid-connect. */
class BasicCredentialsTest extends ProviderTest {
    private static final String PAIR = "robot:secret of the robot";

    private static JsonObject refused(String error) {
        return new JsonObject().put("status", 401).put("error", error);
    }

    private static void isWrong(Reply reply) {
        reply.isMessage(401, "Unauthorized");
        assertThat(reply.header("www-authenticate")).isEqualTo("Basic realm=\"service\"");
    }

    private String path(String... methods) {
        return protectedBy(idp.config(methods));
    }

    @Test
    void aClientsCredentialsAreExchangedForATokenWhichIsCached() {
        idp.check = request -> tokens("granted");
        String path = path("client_credentials");
        Reply reply = withBasic(path, PAIR).isStatus(200);
        assertThat(reply.upstreamHeader("authorization")).isEqualTo("Bearer granted");
        assertThat(reply.upstreamHeader("x-subject")).isEqualTo("robot");
        withBasic(path, PAIR).isStatus(200);

        assertThat(idp.requests).hasSize(1);
        assertThat(idp.requests.get(0))
                .containsEntry("path", "/token")
                .containsEntry("grant_type", "client_credentials")
                .containsEntry("scope", "openid")
                .containsEntry("authorization", CheckingProvider.basic("robot:secret+of+the+robot"))
                .doesNotContainKeys("client_id", "client_secret", "username", "password");
    }

    @Test
    void aClientsCredentialsAreInTheFormWhereTheGatewaysAre() {
        idp.check = request -> tokens("granted");
        withBasic(protectedBy(idp.config("client_credentials").put("client_auth", List.of("client_secret_post"))), PAIR)
                .isStatus(200);
        assertThat(idp.requests.get(0))
                .containsEntry("client_id", "robot")
                .containsEntry("client_secret", "secret of the robot")
                .doesNotContainKey("authorization");
    }

    @Test
    void aUsersPasswordIsExchangedForATokenByTheGatewayAsTheClient() {
        idp.check = request -> tokens("granted");
        String path = path("password");
        withBasic(path, "anna:a&grant_type=b:ü%").isStatus(200);
        withBasic(path, "anna:a&grant_type=b:ü%").isStatus(200);
        assertThat(idp.requests).hasSize(1);
        assertThat(idp.requests.get(0))
                .containsEntry("grant_type", "password")
                .containsEntry("username", "anna")
                .containsEntry("password", "a&grant_type=b:ü%")
                .containsEntry(
                        "authorization",
                        CheckingProvider.basic(
                                CheckingProvider.CLIENT + ":" + CheckingProvider.SECRET.replace(' ', '+')));
    }

    @Test
    void theClaimsAreThoseOfTheTokens() {
        String access = idp.sign(idp.claims().put("roles", List.of("staff")));
        String id = idp.sign(idp.claims().put("aud", CheckingProvider.CLIENT).put("iat", CheckingProvider.now()));
        idp.check = request -> tokens(access).put("id_token", id);
        String path = protectedBy(idp.config("password")
                .put("roles_required", List.of("staff"))
                .put("scopes_required", List.of("read"))
                .put("upstream_id_token_header", "x-id-token"));
        Reply reply = withBasic(path, "anna:p").isStatus(200);
        assertThat(reply.upstreamHeader("x-subject")).isEqualTo("anna");
        assertThat(reply.upstreamHeader("x-id-token")).isEqualTo(id);
        withBasic(protectedBy(idp.config("client_credentials").put("roles_required", List.of("admin"))), "robot:p")
                .isMessage(403, "Forbidden");
    }

    @Test
    void anIdTokenForAnotherClientIsRejected() {
        String id = idp.sign(idp.claims().put("aud", "other").put("iat", CheckingProvider.now()));
        idp.check = request -> tokens("granted").put("id_token", id);
        isWrong(withBasic(path("password"), "anna:p"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"invalid_client", "unauthorized_client", "invalid_grant"})
    void aClientsWrongCredentialsAreRejected(String error) {
        idp.check = request -> refused(error);
        isWrong(withBasic(path("client_credentials"), PAIR));
    }

    @Test
    void aUsersWrongPasswordIsRejected_butTheGatewaysWrongSecretIsAnOutage() {
        idp.check = request -> refused("invalid_grant");
        isWrong(withBasic(path("password"), "anna:wrong"));
        idp.check = request -> refused("invalid_client");
        isUnavailable(withBasic(path("password"), "anna:p"));
    }

    @Test
    void theCredentialsAreAClientsWhereTheyAreNoUsers() {
        idp.check =
                request -> "password".equals(request.get("grant_type")) ? refused("invalid_grant") : tokens("granted");
        withBasic(path("password", "client_credentials"), PAIR).isStatus(200);
        assertThat(idp.requests)
                .extracting(request -> request.get("grant_type"))
                .containsExactly("password", "client_credentials");
    }

    @Test
    void wrongCredentialsAreLimitedForEachUsername() {
        idp.check = request -> "right".equals(request.get("password")) ? tokens("granted") : refused("invalid_grant");
        String path = protectedBy(idp.config("password").put("failed_credentials_per_minute", 3));
        withBasic(path, "anna:right").isStatus(200);
        for (int i = 0; i < 3; i++) {
            isWrong(withBasic(path, "anna:guess-" + i));
        }
        Reply refused = withBasic(path, "anna:guess-3").isMessage(429, "Too many wrong credentials");
        assertThat(refused.header("retry-after")).isEqualTo("1");
        assertThat(idp.requests).hasSize(4);
        // What was accepted before is cached, and another user is not locked out.
        withBasic(path, "anna:right").isStatus(200);
        withBasic(path, "otto:right").isStatus(200);
    }

    @Test
    void wrongCredentialsAreLimitedForEachNetwork() {
        idp.check = request -> refused("invalid_grant");
        String path = protectedBy(idp.config("password").put("failed_credentials_per_minute", 1));
        for (int i = 0; i < 10; i++) {
            isWrong(withBasic(path, "user-" + i + ":summer"));
        }
        withBasic(path, "user-10:summer").isStatus(429);
        assertThat(idp.requests).hasSize(10);
    }

    @Test
    void credentialsAtOnceAreNotAllTried() {
        Promise<Void> gate = Promise.promise();
        idp.gate = gate.future();
        idp.check = request -> refused("invalid_grant");
        String path = protectedBy(idp.config("password").put("failed_credentials_per_minute", 5));
        List<CompletableFuture<Reply>> replies = IntStream.range(0, 20)
                .mapToObj(i -> Http.sendAsync(Http.get(
                        api.gatehouse.proxyUrl(path), "Authorization", CheckingProvider.basic("anna:guess-" + i))))
                .toList();
        await().until(() -> replies.stream().filter(CompletableFuture::isDone).count() == 15);
        gate.complete();
        assertThat(replies.stream().map(reply -> reply.join().status()))
                .filteredOn(status -> status == 429)
                .hasSize(15);
        assertThat(idp.requests).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"html", "redirect", "500", "100 MB", "slow"})
    void aProviderThatDoesNotDecideIsUnavailable_andTheCredentialIsNotWrong(String way) {
        String path = protectedBy(idp.config("password").put("timeout", 1_000).put("failed_credentials_per_minute", 1));
        idp.own = request -> fail(way, request);
        isUnavailable(withBasic(path, "anna:p"));
        idp.own = null;
        idp.check = request -> tokens("granted");
        withBasic(path, "anna:p").isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"robot", "robot:", ":secret", "ro\r\nbot:secret", "robot:sec\nret", " :secret"})
    void aMalformedCredentialIsNotSent(String pair) {
        isWrong(withBasic(path("client_credentials"), pair));
        assertThat(idp.requests).isEmpty();
    }

    @Test
    void aLongCredentialOrSeveralHeadersAreNotSent() {
        String path = path("client_credentials");
        isWrong(withBasic(path, "robot:" + "a".repeat(1_025)));
        isWrong(api.gatehouse.get(path, "Authorization", "Basic !"));
        isWrong(api.gatehouse.get(
                path, "Authorization", CheckingProvider.basic(PAIR), "Authorization", CheckingProvider.basic("a:b")));
        isWrong(api.gatehouse.get(path));
        assertThat(idp.requests).isEmpty();
    }

    @Test
    void aTokenIsReplacedBeforeItExpires() {
        idp.check = request -> tokens("first").put("expires_in", 2);
        String path = path("client_credentials");
        withBasic(path, PAIR).isStatus(200);
        idp.check = request -> tokens("second");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> "Bearer second"
                        .equals(withBasic(path, PAIR).isStatus(200).upstreamHeader("authorization")));
    }

    @Test
    void tokensAreNotCachedWithoutCacheTokens() {
        idp.check = request -> tokens("granted");
        String path = protectedBy(idp.config("client_credentials").put("cache_tokens", false));
        withBasic(path, PAIR).isStatus(200);
        withBasic(path, PAIR).isStatus(200);
        assertThat(idp.requests).hasSize(2);
    }

    @Test
    void theUpstreamReceivesNeitherCredentialNorTokenWithNullAndHideCredentials() {
        idp.check = request -> tokens("granted");
        String path = protectedBy(idp.config("client_credentials")
                .putNull("upstream_access_token_header")
                .put("hide_credentials", true));
        assertThat(withBasic(path, PAIR).isStatus(200).upstreamHeader("authorization"))
                .isNull();
    }

    @Test
    void aTokenThatCannotBeAHeaderIsUnavailable() {
        idp.check = request -> tokens("a\r\nx-admin: 1");
        isUnavailable(withBasic(path("client_credentials"), PAIR));
    }

    @Test
    void aBearerTokenAndABasicCredentialAreAcceptedOnOneRoute() {
        idp.check = request -> tokens("granted");
        String path = path("bearer", "client_credentials");
        withToken(path, idp.sign(idp.claims())).isStatus(200);
        withBasic(path, PAIR).isStatus(200);
        Reply missing = api.gatehouse.get(path).isStatus(401);
        assertThat(missing.header("www-authenticate")).isEqualTo("Bearer");
        String consumer = api.consumer();
        String open = protectedBy(idp.config("client_credentials").put("anonymous", consumer));
        idp.check = request -> refused("invalid_client");
        Map<String, Object> headers = withBasic(open, "robot:wrong")
                .isStatus(200)
                .json()
                .getJsonObject("headers")
                .getMap();
        assertThat(headers).containsEntry("x-consumer-username", consumer);
    }
}
