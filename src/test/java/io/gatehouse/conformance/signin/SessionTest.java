package io.gatehouse.conformance.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the session after a sign-in with the openid-connect plugin: its cookie, its refresh and its end. */
class SessionTest extends SignInFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static Reply script(String page, String cookies) {
        return Http.send(Http.get(page, "Cookie", cookies));
    }

    @Test
    void theUpstreamReceivesTheOtherCookiesOnly() {
        String page = page(idp.config());
        browser.signIn(page).isStatus(200);
        browser.cookies.put("theme", "dark");
        assertThat(browser.page(page).isStatus(200).upstreamHeader("cookie")).isEqualTo("theme=dark");
        browser.cookies.remove("theme");
        assertThat(browser.page(page).isStatus(200).upstreamHeader("cookie")).isNull();
    }

    @Test
    void theClientCannotSetTheHeadersOfTokens() {
        String page = page(idp.config()
                .put("upstream_access_token_header", "x-access-token")
                .put("upstream_id_token_header", "x-id-token"));
        browser.signIn(page).isStatus(200);
        Reply reply = Http.send(
                Http.get(page, "Cookie", browser.header(), "X-Access-Token", "forged", "X_Id_Token", "forged"));
        assertThat(reply.isStatus(200).upstreamHeader("x-access-token")).startsWith("opaque-");
        assertThat(reply.text()).doesNotContain("forged");
    }

    @Test
    void eachSignInHasANewIdAndEndsTheSessionBefore() {
        String page = page(idp.config());
        // An id that another site has planted.
        browser.cookies.put("session", "A".repeat(43));
        String callback = browser.callback(page);
        browser.page(callback).isStatus(200);
        String first = browser.cookies.get("session");
        assertThat(first).matches("[A-Za-z0-9_-]{43}").isNotEqualTo("A".repeat(43));
        Browser again = new Browser();
        String second = again.callback(page);
        again.cookies.put("session", first);
        again.page(second).isStatus(200);
        assertThat(again.cookies.get("session")).isNotEqualTo(first);
        await().atMost(LIMIT)
                .untilAsserted(() -> script(page, "session=" + first).isStatus(401));
        again.script(page).isStatus(200);
    }

    @Test
    void aSessionOfAnotherPluginOrAForgedOrRepeatedOneIsInvalid() {
        String page = page(idp.config());
        browser.signIn(page).isStatus(200);
        String session = browser.header();
        script(page, session).isStatus(200);
        script(page(idp.config()), session).isStatus(401);
        script(page, "session=" + "A".repeat(43)).isStatus(401);
        script(page, "session=short").isStatus(401);
        script(page, session + "; " + session).isStatus(401);
        script(page, "session=" + "A".repeat(20_000)).isStatus(401);
    }

    @Test
    void aBearerTokenNeedsNoSession() {
        String page = page(idp.config());
        JsonObject claims = idp.logoutClaims();
        claims.remove("events");
        String token = idp.sign(claims, "at+jwt");
        Http.send(Http.get(page, "Authorization", "Bearer " + token)).isStatus(200);
        Http.send(Http.get(page, "Authorization", "Bearer forged", "Accept", "text/html"))
                .isStatus(401);
    }

    @Test
    void requiredScopesCount() {
        String page = page(idp.config().put("scopes_required", List.of("admin")));
        browser.signIn(page).isStatus(403);
        idp.tokenResponse = response -> response.put("scope", "openid admin");
        new Browser().signIn(page).isStatus(200);
    }

    @Test
    void concurrentRequestsRefreshTheTokensOnce() {
        String page = page(idp.config());
        idp.accessSeconds = 5;
        browser.signIn(page).isStatus(200);
        idp.accessSeconds = 300;
        String before = browser.header();
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            replies.add(Http.sendAsync(Http.get(page, "Cookie", before)));
        }
        replies.forEach(reply -> browser.keep(reply.join().isStatus(200)));
        assertThat(idp.refreshes).hasValue(1);
        // The new session has a new id. The old one is valid for requests that were in flight.
        assertThat(browser.header()).isNotEqualTo(before);
        browser.script(page).isStatus(200);
        assertThat(script(page, before).isStatus(200).header("set-cookie")).startsWith(browser.header());
        assertThat(idp.refreshes).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSessionLastsAsLongAsItsToken_whenTheLeewayCoversTheClockOfTheProvider(boolean hasRefreshToken) {
        String page = page(idp.config().put("leeway", 4_000));
        long providerNow = System.currentTimeMillis() / 1_000 - 3_600;
        idp.idClaims = claims -> {
            claims.put("iat", providerNow).put("exp", providerNow + 300);
            claims.remove("at_hash");
        };
        JsonObject access = new JsonObject()
                .put("iss", idp.issuer())
                .put("sub", "anna")
                .put("iat", providerNow)
                .put("exp", providerNow + 300);
        idp.tokenResponse = response -> {
            response.put("access_token", idp.sign(access, "at+jwt"));
            if (!hasRefreshToken) {
                response.remove("refresh_token");
            }
        };
        browser.signIn(page).isStatus(200);
        browser.script(page).isStatus(200);
        browser.script(page).isStatus(200);
        assertThat(idp.refreshes).hasValue(0);
    }

    @Test
    void aRefusedRefreshEndsTheSession() {
        String page = page(idp.config());
        idp.accessSeconds = 5;
        idp.tokenResponse = response -> response.put("refresh_token", "unknown");
        browser.signIn(page).isStatus(200);
        browser.script(page).isStatus(401);
        browser.page(page).isStatus(302);
        assertThat(idp.refreshes).hasValue(1);
    }

    @Test
    void aRefreshThatFailsKeepsTheSessionAndTheTokenThatIsStillValid() {
        String page = page(idp.config());
        idp.accessSeconds = 5;
        browser.signIn(page).isStatus(200);
        idp.tokenEndpoint = request -> request.response().setStatusCode(500).end();
        browser.script(page).isStatus(200);
        await().atMost(LIMIT).untilAsserted(() -> browser.script(page).isStatus(503));
        idp.tokenEndpoint = null;
        idp.accessSeconds = 300;
        browser.script(page).isStatus(200);
    }

    @Test
    void aRefreshedIdTokenOfAnotherUserEndsTheSession() {
        String page = page(idp.config());
        idp.accessSeconds = 5;
        browser.signIn(page).isStatus(200);
        idp.idClaims = claims -> claims.put("sub", "mallory");
        browser.script(page).isStatus(401);
    }

    @Test
    void anIdleSessionEnds() {
        String page = page(idp.config().put("session_idling_timeout", 2));
        browser.signIn(page).isStatus(200);
        String cookies = browser.header();
        script(page, cookies).isStatus(200);
        await().pollInterval(Duration.ofSeconds(3))
                .atMost(LIMIT)
                .untilAsserted(() -> script(page, cookies).isStatus(401));
    }

    @Test
    void aSessionEndsAfterItsAbsoluteTimeoutEvenIfItIsUsed() {
        String page = page(idp.config().put("session_absolute_timeout", 3));
        browser.signIn(page).isStatus(200);
        await().atMost(LIMIT).untilAsserted(() -> browser.script(page).isStatus(401));
    }

    @Test
    void aLogoutEndsTheSessionHereAndAtTheProvider() {
        String page = page(idp.config()
                .put("logout_uri_suffix", "/logout")
                .put("logout_redirect_uri", List.of("https://shop.example/bye")));
        browser.signIn(page).isStatus(200);
        String session = browser.header();
        // GET is not among logout_methods.
        browser.page(page + "/logout").isStatus(200);
        Reply reply = browser.post(page + "/logout").isStatus(303);
        assertThat(Browser.location(reply))
                .startsWith(idp.issuer() + "/logout?client_id=the-client&")
                .contains("&post_logout_redirect_uri=https%3A%2F%2Fshop.example%2Fbye&", "&id_token_hint=eyJ");
        assertThat(browser.cookies).isEmpty();
        script(page, session).isStatus(401);
    }

    @Test
    void theProviderEndsASessionByItsSid() {
        String page = page(idp.config().put("backchannel_logout_uri_suffix", "/backchannel"));
        browser.signIn(page).isStatus(200);
        logout(page, idp.logoutClaims().put("sid", "other")).isStatus(200);
        browser.script(page).isStatus(200);
        assertThat(logout(page, idp.logoutClaims().put("sid", "session-of-anna"))
                        .isStatus(200)
                        .header("cache-control"))
                .isEqualTo("no-store");
        browser.script(page).isStatus(401);
    }

    @Test
    void theProviderEndsAllSessionsOfASubjectAndAReplayEndsNoLaterOne() {
        String page = page(idp.config().put("backchannel_logout_uri_suffix", "/backchannel"));
        browser.signIn(page).isStatus(200);
        JsonObject claims = idp.logoutClaims().put("sub", "anna");
        logout(page, claims).isStatus(200);
        browser.script(page).isStatus(401);
        // An ID token that the provider has issued after the logout.
        idp.idClaims = later -> later.put("iat", claims.getLong("iat") + 1);
        browser.signIn(page).isStatus(200);
        logout(page, claims).isStatus(200);
        browser.script(page).isStatus(200);
    }

    @Test
    void aLogoutTokenThatIsInvalidEndsNothing() {
        String page = page(idp.config().put("backchannel_logout_uri_suffix", "/backchannel"));
        browser.signIn(page).isStatus(200);
        JsonObject valid = idp.logoutClaims().put("sub", "anna");
        List<JsonObject> invalid = List.of(
                valid.copy().put("aud", "other"),
                valid.copy().put("iss", "https://other.example"),
                valid.copy().put("nonce", "n"),
                valid.copy().put("iat", valid.getLong("iat") - 3_600),
                valid.copy().put("events", new JsonObject()),
                without(valid, "jti"),
                without(valid, "sub"),
                without(valid, "iat"));
        for (JsonObject claims : invalid) {
            logout(page, claims).isStatus(400);
        }
        Http.send(Http.form(page + "/backchannel", Map.of())).isStatus(400);
        browser.script(page).isStatus(200);
        // A logout token is no access token, also after it was verified.
        String token = idp.sign(idp.logoutClaims().put("sid", "other"), "logout+jwt");
        Http.send(Http.form(page + "/backchannel", Map.of("logout_token", token)))
                .isStatus(200);
        Http.send(Http.get(page, "Authorization", "Bearer " + token)).isStatus(401);
    }

    private static JsonObject without(JsonObject claims, String name) {
        JsonObject rest = claims.copy();
        rest.remove(name);
        return rest;
    }

    private Reply logout(String page, JsonObject claims) {
        return Http.send(Http.form(page + "/backchannel", Map.of("logout_token", idp.sign(claims, "logout+jwt"))));
    }
}
