package io.gatehouse.conformance.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Http;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests what ends a sign-in, its age, and the token and the Consumer that the upstream receives. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class FinishedSignInTest {
    private static PluginApi api;
    private SignInProvider idp;
    private final Browser browser = new Browser();

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void startProvider() {
        idp = new SignInProvider();
    }

    @AfterEach
    void stopProvider() {
        idp.close();
    }

    private String page(JsonObject config) {
        return api.gatehouse.proxyUrl(api.protectedBy("openid-connect", config) + "/page");
    }

    /** The authorization request is repeated, so that the second code is valid for the sign-in. */
    @Test
    void aStateCountsOnce_whenAClientKeepsItsCookie() {
        String page = page(idp.config());
        String request = Browser.location(browser.page(page).isStatus(302));
        Browser copy = new Browser();
        copy.cookies.putAll(browser.cookies);
        browser.page(Browser.location(Http.send(Http.get(request)))).isStatus(200);
        String second = Browser.location(Http.send(Http.get(request)));
        copy.page(second).isStatus(401);
        assertThat(copy.cookies).isEmpty();
        assertThat(idp.tokenRequests).hasSize(2);
    }

    @Test
    void aSignInOlderThanMaxAgeIsRejected() {
        String page = page(idp.config().put("max_age", 60));
        long now = System.currentTimeMillis() / 1_000;
        assertThat(Browser.location(browser.page(page))).contains("&max_age=60");
        browser.signIn(page).isStatus(401);
        idp.idClaims = claims -> claims.put("auth_time", now - 100);
        browser.signIn(page).isStatus(401);
        idp.idClaims = claims -> claims.put("auth_time", now - 50);
        browser.signIn(page).isStatus(200);
    }

    @Test
    void theUpstreamReceivesNoAccessToken_whenItsHeaderIsNull() {
        String page = page(idp.config().putNull("upstream_access_token_header"));
        assertThat(browser.signIn(page).isStatus(200).upstreamHeader("authorization"))
                .isNull();
    }

    private static void isStatus(int status, String url, String token) {
        Http.send(Http.get(url, "Authorization", "Bearer " + token)).isStatus(status);
    }

    private void logOut(String url, JsonObject whom) {
        String token = idp.sign(idp.logoutClaims().mergeIn(whom), "logout+jwt");
        Http.send(Http.form(url + "/backchannel", Map.of("logout_token", token)))
                .isStatus(200);
    }

    @Test
    void aLogoutOfTheProviderEndsTheTokensOfTheSession() {
        String path =
                api.protectedBy("openid-connect", idp.config().put("backchannel_logout_uri_suffix", "/backchannel"));
        String url = api.gatehouse.proxyUrl(path);
        long now = System.currentTimeMillis() / 1_000;
        JsonObject claims = new JsonObject()
                .put("iss", idp.issuer())
                .put("sub", "anna")
                .put("iat", now)
                .put("exp", now + 300);
        String first = idp.sign(claims.copy().put("sid", "first"), "at+jwt");
        String second = idp.sign(claims.copy().put("sid", "second"), "at+jwt");
        String later = idp.sign(claims.copy().put("iat", now + 100), "at+jwt");
        JsonObject without = claims.copy();
        without.remove("iat");
        String timeless = idp.sign(without, "at+jwt");
        isStatus(200, url, first);
        isStatus(200, url, second);

        logOut(url, new JsonObject().put("sid", "first"));
        isStatus(401, url, first);
        isStatus(200, url, second);
        logOut(url, new JsonObject().put("sub", "anna"));
        isStatus(401, url, second);
        isStatus(200, url, later);
        isStatus(200, url, timeless);
        // Another plugin receives no logouts.
        isStatus(200, api.gatehouse.proxyUrl(api.protectedBy("openid-connect", idp.config())), first);
    }

    @Test
    void aLogoutOfTheProviderEndsTheCachedResultsOfRefreshTokens() {
        String url = api.gatehouse.proxyUrl(api.protectedBy(
                "openid-connect",
                idp.config()
                        .put("auth_methods", List.of("refresh_token", "session"))
                        .put("backchannel_logout_uri_suffix", "/backchannel")));
        String first = idp.refreshToken();
        idp.idClaims = claims -> claims.put("sid", "first");
        withRefreshToken(url, first, 200);
        String second = idp.refreshToken();
        idp.idClaims = claims -> claims.put("sid", "second");
        withRefreshToken(url, second, 200);

        logOut(url, new JsonObject().put("sid", "first"));
        withRefreshToken(url, first, 401);
        withRefreshToken(url, second, 200);
        logOut(url, new JsonObject().put("sub", "anna"));
        withRefreshToken(url, second, 401);
        assertThat(idp.refreshes).hasValue(2);
    }

    private static void withRefreshToken(String url, String token, int status) {
        Http.send(Http.get(url, "refresh_token", token)).isStatus(status);
    }

    @Test
    void theProviderEndsASession_whoseRefreshedIdTokenHasNoSid() {
        String page = page(idp.config().put("backchannel_logout_uri_suffix", "/backchannel"));
        idp.accessSeconds = 5;
        browser.signIn(page).isStatus(200);
        idp.accessSeconds = 300;
        idp.idClaims = claims -> claims.remove("sid");
        browser.script(page).isStatus(200);
        assertThat(idp.refreshes).hasValue(1);
        logOut(page, new JsonObject().put("sid", "session-of-anna"));
        browser.script(page).isStatus(401);
    }

    @Test
    void aTimeoutOfLessThanASecondIsNotNone() {
        String page = page(idp.config().put("session_idling_timeout", 0.5));
        browser.signIn(page).isStatus(200);
        await().pollInterval(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> browser.script(page).isStatus(401));
    }

    @Test
    void aTokenIsRefreshed_whenTheProviderSendsItsLifeAsText() {
        String page = page(idp.config());
        idp.tokenResponse = response -> response.put("expires_in", "5");
        browser.signIn(page).isStatus(200);
        idp.tokenResponse = response -> response.put("expires_in", "300");
        browser.script(page).isStatus(200);
        browser.script(page).isStatus(200);
        assertThat(idp.refreshes).hasValue(1);
    }

    @Test
    void aRefreshedIdTokenOfAnotherSignInEndsTheSession() {
        String page = page(idp.config());
        idp.accessSeconds = 5;
        browser.signIn(page).isStatus(200);
        idp.idClaims = claims -> claims.put("nonce", "of another sign-in");
        browser.script(page).isStatus(401);
        assertThat(idp.refreshes).hasValue(1);
    }

    @Test
    void theLongerSuffixCounts_whenThatOfTheLogoutTokensEndsWithThatOfTheLogout() {
        String page = page(idp.config()
                .put("logout_uri_suffix", "/backchannel")
                .put("backchannel_logout_uri_suffix", "/oidc/backchannel"));
        browser.signIn(page).isStatus(200);
        logOut(page + "/oidc", new JsonObject().put("sub", "anna"));
        browser.script(page).isStatus(401);
        browser.post(page + "/backchannel").isStatus(303);
    }

    @Test
    void theSessionHasTheConsumerThatAClaimNames() {
        String email = "anna@shop.example";
        idp.idClaims = claims -> claims.put("email", email);
        String page = page(idp.config().put("consumer_claim", List.of("email")));
        browser.signIn(page).isMessage(403, "Forbidden");
        api.gatehouse.create("/consumers", new JsonObject().put("username", email));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(browser.script(page).isStatus(200).upstreamHeader("x-consumer-username"))
                                .isEqualTo(email));
    }
}
