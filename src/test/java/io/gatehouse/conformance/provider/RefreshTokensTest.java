package io.gatehouse.conformance.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the method {@code refresh_token} of openid-connect. */
class RefreshTokensTest extends ProviderTest {
    private static final String HEADER = "refresh_token";

    private static JsonObject refused() {
        return new JsonObject().put("status", 400).put("error", "invalid_grant");
    }

    private String path() {
        return protectedBy(idp.config("refresh_token"));
    }

    private static Reply call(String path, String token) {
        return api.gatehouse.get(path, HEADER, token);
    }

    @Test
    void aRefreshTokenIsExchangedForTokensWhichAreCached() {
        idp.check = request -> tokens(idp.sign(idp.claims()));
        String path = path();
        Reply reply = call(path, "refresh-1").isStatus(200);
        assertThat(reply.upstreamHeader("authorization")).startsWith("Bearer eyJ");
        assertThat(reply.upstreamHeader("x-subject")).isEqualTo("anna");
        assertThat(reply.text()).doesNotContain("refresh-1");
        call(path, "refresh-1").isStatus(200);

        assertThat(idp.requests).hasSize(1);
        assertThat(idp.requests.get(0))
                .containsEntry("path", "/token")
                .containsEntry("grant_type", "refresh_token")
                .containsEntry("refresh_token", "refresh-1")
                .containsEntry(
                        "authorization",
                        CheckingProvider.basic(
                                CheckingProvider.CLIENT + ":" + CheckingProvider.SECRET.replace(' ', '+')))
                .doesNotContainKey("scope");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRefreshTokenIsSentOnce_whenTheLeewayCoversTheClockOfTheProvider(boolean hasIdToken) {
        long providerNow = CheckingProvider.now() - 3_600;
        JsonObject claims = idp.claims().put("iat", providerNow).put("exp", providerNow + 300);
        JsonObject response = tokens(idp.sign(claims));
        if (hasIdToken) {
            response.put("id_token", idp.sign(claims.copy().put("aud", CheckingProvider.CLIENT)));
        }
        idp.check = request -> response;
        String path = protectedBy(idp.config("refresh_token").put("leeway", 4_000));
        call(path, "refresh-1").isStatus(200);
        call(path, "refresh-1").isStatus(200);
        assertThat(idp.requests).hasSize(1);
    }

    @Test
    void theHeaderHasTheConfiguredName_inEitherSpelling() {
        idp.check = request -> tokens("granted");
        String path = protectedBy(idp.config("refresh_token").put("refresh_token_param_name", "x_refresh"));
        for (String name : List.of("x_refresh", "x-refresh")) {
            Reply reply = api.gatehouse.get(path, name, "refresh-1").isStatus(200);
            assertThat(reply.upstreamHeader("x-refresh")).isNull();
            assertThat(reply.upstreamHeader("x_refresh")).isNull();
        }
        call(path, "refresh-1").isStatus(401);
    }

    @Test
    void aClientReceivesTheTokenThatReplacesItsOwn_withEachResponse() {
        idp.check = request -> tokens("granted").put("refresh_token", "refresh-2");
        String path = protectedBy(idp.config("refresh_token").put("downstream_refresh_token_header", "x-refresh"));
        for (int i = 0; i < 2; i++) {
            Reply reply = call(path, "refresh-1").isStatus(200);
            assertThat(reply.header("x-refresh")).isEqualTo("refresh-2");
            assertThat(reply.header("cache-control")).isEqualTo("no-store");
        }
        assertThat(idp.requests).hasSize(1);
        // The same one again is not replaced.
        assertThat(call(path, "refresh-2").isStatus(200).header("x-refresh")).isNull();
        Reply usual = call(path(), "refresh-1").isStatus(200);
        assertThat(usual.response().headers().map().toString()).doesNotContain("refresh-2");
    }

    @Test
    void aRefusedTokenIsInvalidAndNotSentAgainAtOnce() {
        idp.check = request -> refused();
        String path = path();
        isInvalidToken(call(path, "unknown"));
        isInvalidToken(call(path, "unknown"));
        assertThat(idp.requests).hasSize(1);
    }

    @Test
    void anIdTokenForAnotherClientIsRejected() {
        String id = idp.sign(idp.claims().put("aud", "other").put("iat", CheckingProvider.now()));
        idp.check = request -> tokens("granted").put("id_token", id);
        isInvalidToken(call(path(), "refresh-1"));
    }

    @Test
    void aTokenOfOtherCharactersOrSeveralAreNotSent() {
        String path = path();
        isInvalidToken(call(path, "a\tb"));
        isInvalidToken(call(path, "a".repeat(17_000)));
        isInvalidToken(api.gatehouse.get(path, HEADER, "a", HEADER, "b"));
        Reply missing = api.gatehouse.get(path).isStatus(401);
        assertThat(missing.header("www-authenticate")).isEqualTo("Bearer");
        assertThat(idp.requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"html", "redirect", "500", "100 MB", "slow"})
    void aProviderThatDoesNotDecideIsUnavailable(String way) {
        String path = protectedBy(idp.config("refresh_token").put("timeout", 1_000));
        idp.own = request -> fail(way, request);
        isUnavailable(call(path, "refresh-1"));
        idp.own = null;
        idp.check = request -> tokens("granted");
        call(path, "refresh-1").isStatus(200);
    }

    @Test
    void requestsWithTheSameTokenAtOnceShareOneExchange() {
        Promise<Void> gate = Promise.promise();
        idp.gate = gate.future();
        idp.check = request -> tokens("granted");
        String url = api.gatehouse.proxyUrl(path());
        List<CompletableFuture<Reply>> replies = Stream.generate(() -> Http.sendAsync(Http.get(url, HEADER, "once")))
                .limit(10)
                .toList();
        await().atMost(Duration.ofSeconds(30)).until(() -> !idp.requests.isEmpty());
        gate.complete();
        assertThat(replies).allSatisfy(reply -> reply.join().isStatus(200));
        assertThat(idp.requests).hasSize(1);
    }

    @Test
    void aBearerTokenPrecedesTheRefreshToken() {
        idp.check = request -> refused();
        String path = protectedBy(idp.config("bearer", "refresh_token"));
        String token = idp.sign(idp.claims());
        Reply reply = api.gatehouse.get(path, "Authorization", "Bearer " + token, HEADER, "refresh-1");
        assertThat(reply.isStatus(200).text()).doesNotContain("refresh-1");
        assertThat(idp.requests).isEmpty();
        isInvalidToken(api.gatehouse.get(path, "Authorization", "Basic YTpi", HEADER, "refresh-1"));
        assertThat(idp.requests).hasSize(1);
    }

    @Test
    void aConfigurationWithoutAClientOrWithATakenHeaderIsRefused() {
        JsonObject config = idp.config("refresh_token");
        config.remove("client_id");
        api.assertRefused("openid-connect", config, "config: the method refresh_token needs client_id");
        api.assertRefused(
                "openid-connect",
                idp.config("refresh_token").put("refresh_token_param_name", "cookie"),
                "config.refresh_token_param_name: header 'cookie' cannot carry a token");
    }

    @Test
    void theUpstreamReceivesTheToken_whenHmacAuthHidesItsCredentials() {
        idp.check = request -> tokens("granted");
        String path = path();
        api.add(
                path,
                "hmac-auth",
                new JsonObject().put("hide_credentials", true).put("anonymous", api.consumer()));
        Reply reply = api.gatehouse.get(path, HEADER, "refresh-1", "Authorization", "hmac username=\"bob\"");
        assertThat(reply.isStatus(200).upstreamHeader("authorization")).isEqualTo("Bearer granted");
    }
}
