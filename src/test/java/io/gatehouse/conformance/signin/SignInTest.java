package io.gatehouse.conformance.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the sign-in of the openid-connect plugin with a browser; {@link SessionTest} tests what follows it. */
class SignInTest extends SignInFixture {
    @Test
    void aBrowserSignsInAndTheUpstreamReceivesItsTokens() {
        String page = page(idp.config()
                .put("upstream_headers_claims", List.of("sub"))
                .put("upstream_headers_names", List.of("x-subject"))
                .put("upstream_id_token_header", "x-id-token"));
        Reply reply = browser.signIn(page).isStatus(200);
        assertThat(reply.upstreamHeader("authorization")).startsWith("Bearer opaque-");
        assertThat(reply.upstreamHeader("x-subject")).isEqualTo("anna");
        assertThat(reply.upstreamHeader("x-id-token")).startsWith("eyJ");
        // The parameters of the callback are the gateway's.
        assertThat(reply.json().getString("uri")).isEqualTo("/page");
        assertThat(browser.script(page).isStatus(200).upstreamHeader("x-subject"))
                .isEqualTo("anna");
        assertThat(browser.cookies.keySet()).containsExactly("session");
    }

    @Test
    void theAuthorizationRequestHasPkceAStateAndANonce() {
        String page = page(idp.config()
                .put("scopes", List.of("openid", "email"))
                .put("authorization_query_args_names", List.of("audience"))
                .put("authorization_query_args_values", List.of("shop api")));
        Reply reply = browser.page(page).isStatus(302);
        assertThat(Browser.location(reply))
                .startsWith(idp.issuer() + "/authorize?response_type=code&client_id=the-client&")
                .contains("&scope=openid%20email&", "&code_challenge_method=S256", "&audience=shop%20api")
                .containsPattern("&state=[A-Za-z0-9_-]{43}&")
                .containsPattern("&nonce=[A-Za-z0-9_-]{43}&")
                .containsPattern("&code_challenge=[A-Za-z0-9_-]{43}&");
        assertThat(reply.header("cache-control")).isEqualTo("no-store");
        assertThat(reply.header("set-cookie")).contains("; HttpOnly", "; SameSite=Lax", "; Max-Age=600");
    }

    @Test
    void theAuthorizationRequestHasNoPkce_whenItIsNotRequired() {
        String page = page(idp.config().put("require_proof_key_for_code_exchange", false));
        assertThat(Browser.location(browser.page(page).isStatus(302)))
                .contains("&state=", "&nonce=")
                .doesNotContain("code_challenge");
        browser.signIn(page).isStatus(200);
        assertThat(idp.tokenRequests.get(0)).containsKey("code").doesNotContainKey("code_verifier");
    }

    @Test
    void cookiesAreSecureWhereTheClientUsesTls() {
        String path = api.protectedBy("openid-connect", idp.config());
        assertThat(browser.page(api.gatehouse.secureUrl(path)).header("set-cookie"))
                .contains("; Secure");
        // The test's peer is not in proxy.trusted-ips.
        Reply reply = Http.send(Http.get(
                api.gatehouse.proxyUrl(path),
                "Accept",
                "text/html",
                "X-Forwarded-Proto",
                "https",
                "X-Forwarded-Host",
                "evil.example"));
        assertThat(reply.header("set-cookie")).doesNotContain("Secure");
        assertThat(Browser.location(reply)).doesNotContain("evil.example");
    }

    @Test
    void onlyANavigationIsRedirected() {
        String page = page(idp.config());
        List<Reply> others = List.of(
                browser.script(page),
                browser.post(page),
                Http.send(Http.get(page, "Accept", "text/html", "Sec-Fetch-Mode", "cors")));
        for (Reply reply : others) {
            reply.isStatus(401);
            assertThat(reply.header("location")).isNull();
            assertThat(reply.header("www-authenticate")).isEqualTo("Bearer");
        }
        assertThat(browser.cookies).isEmpty();
    }

    @Test
    void aCallbackOfAnotherBrowserIsRejected() {
        String page = page(idp.config());
        String callback = browser.callback(page);
        new Browser().page(callback).isStatus(401);
        Browser victim = new Browser();
        victim.page(page).isStatus(302);
        victim.page(callback).isStatus(401);
        assertThat(idp.tokenRequests).isEmpty();
        browser.page(callback).isStatus(200);
    }

    @Test
    void aCallbackCountsOnce() {
        String page = page(idp.config());
        String callback = browser.callback(page);
        Browser thief = new Browser();
        thief.cookies.putAll(browser.cookies);
        browser.page(callback).isStatus(200);
        // The code is used, and the browser has no sign-in with this state any more.
        thief.page(callback).isStatus(401);
        Browser stranger = new Browser();
        stranger.page(callback).isStatus(401);
        assertThat(browser.page(callback).isStatus(200).json().getString("uri")).contains("code=");
        assertThat(idp.tokenRequests).hasSize(2);
    }

    @Test
    void aSignInOfAnotherPluginIsRejected() {
        String page = page(idp.config());
        String other = page(idp.config());
        String callback = browser.callback(page);
        browser.page(other + callback.substring(callback.indexOf('?'))).isStatus(401);
        assertThat(idp.tokenRequests).isEmpty();
    }

    private static Arguments claims(String name, Consumer<JsonObject> change) {
        return Arguments.of(name, change);
    }

    private static Stream<Arguments> badIdTokens() {
        return Stream.of(
                claims("another nonce", claims -> claims.put("nonce", "other")),
                claims("no nonce", claims -> claims.remove("nonce")),
                claims("another audience", claims -> claims.put("aud", "other")),
                claims("no audience", claims -> claims.remove("aud")),
                claims("audiences without azp", claims -> claims.put("aud", List.of(SignInProvider.CLIENT, "other"))),
                claims("another azp", claims -> claims.put("azp", "other")),
                claims("another issuer", claims -> claims.put("iss", "https://other.example")),
                claims("expired", claims -> claims.put("exp", 1_000_000)),
                claims("no subject", claims -> claims.remove("sub")),
                claims("no iat", claims -> claims.remove("iat")),
                claims("another access token", claims -> claims.put("at_hash", "b3RoZXI")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badIdTokens")
    void anIdTokenThatIsNotForThisSignInIsRejected(String name, Consumer<JsonObject> change) {
        String page = page(idp.config());
        idp.idClaims = change;
        browser.signIn(page).isStatus(401);
        assertThat(browser.cookies).as(name).isEmpty();
    }

    @Test
    void aTokenResponseWithoutAnIdTokenOrWithABadSignatureIsRejected() {
        String page = page(idp.config());
        idp.tokenResponse = response -> response.remove("id_token");
        browser.signIn(page).isStatus(401);
        idp.tokenResponse = response -> response.put("id_token", response.getString("id_token") + "AA");
        browser.signIn(page).isStatus(401);
        idp.tokenResponse =
                response -> response.put("id_token", idp.sign(new JsonObject().put("iss", idp.issuer()), "logout+jwt"));
        browser.signIn(page).isStatus(401);
    }

    @Test
    void aGiantTokenOrOneWithControlCharactersIsUnavailable() {
        String page = page(idp.config());
        idp.tokenResponse = response -> response.put("access_token", "a".repeat(20_000));
        browser.signIn(page).isStatus(503);
        idp.tokenResponse = response -> response.put("access_token", "a".repeat(100_000));
        browser.signIn(page).isStatus(503);
        idp.tokenResponse = response -> response.put("access_token", "a\r\nx-injected: b");
        browser.signIn(page).isStatus(503);
        idp.tokenResponse = response -> response.put("token_type", "DPoP");
        browser.signIn(page).isStatus(503);
    }

    @Test
    void aCallbackThatNamesAnotherIssuerIsRejected() {
        String page = page(idp.config());
        idp.issParameter = "https://other.example";
        browser.signIn(page).isStatus(401);
        assertThat(idp.tokenRequests).isEmpty();
        idp.issParameter = idp.issuer();
        browser.signIn(page).isStatus(200);
    }

    @Test
    void aRefusalOfTheProviderEndsTheSignIn() {
        String page = page(idp.config());
        String callback = browser.callback(page);
        browser.page(callback.replaceFirst("code=[^&]*", "error=access_denied")).isStatus(401);
        assertThat(browser.cookies).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"html", "redirect", "500", "slow", "invalid_client"})
    void aTokenEndpointThatFailsIsUnavailable(String failure) {
        String page = page(idp.config().put("timeout", 1_000));
        idp.tokenEndpoint = request -> {
            switch (failure) {
                case "html" -> request.response().end("<html>");
                case "redirect" ->
                    request.response()
                            .setStatusCode(302)
                            .putHeader("Location", idp.issuer() + "/keys")
                            .end();
                case "500" -> request.response().setStatusCode(500).end();
                case "invalid_client" -> request.response().setStatusCode(401).end("{\"error\":\"invalid_client\"}");
                default -> request.response().setChunked(true).write("{");
            }
        };
        browser.signIn(page).isStatus(503);
        assertThat(browser.cookies.keySet()).containsExactly("authorization");
    }

    @Test
    void manySignInsOfOneBrowserKeepItsCookieSmall() {
        String page = page(idp.config()) + "?" + "a".repeat(900);
        for (int i = 0; i < 10; i++) {
            browser.page(page).isStatus(302);
        }
        assertThat(browser.header()).hasSizeLessThan(4_096);
        browser.signIn(page).isStatus(200);
    }

    @Test
    void twoTabsSignIn() {
        String page = page(idp.config());
        String first = browser.callback(page);
        String second = browser.callback(page);
        browser.page(first).isStatus(200);
        browser.page(second).isStatus(200);
    }

    @Test
    void theBrowserReturnsToThePageItRequested() {
        String path = api.protectedBy("openid-connect", idp.config().put("login_action", "redirect"));
        Reply reply = browser.signIn(api.gatehouse.proxyUrl(path + "/page?a=b")).isStatus(302);
        assertThat(Browser.location(reply)).isEqualTo(path + "/page?a=b");
    }

    @Test
    void theBrowserIsSentToTheConfiguredPage() {
        String page = page(idp.config()
                .put("login_action", "redirect")
                .put("login_redirect_uri", List.of("https://shop.example/welcome")));
        assertThat(Browser.location(browser.signIn(page).isStatus(302))).isEqualTo("https://shop.example/welcome");
    }

    @Test
    void aConfiguredRedirectUriIsUsed() {
        String path = api.open();
        String redirectUri = api.gatehouse.proxyUrl(path + "/callback");
        api.add(path, "openid-connect", idp.config().put("redirect_uri", List.of(redirectUri)));
        String callback = browser.callback(api.gatehouse.proxyUrl(path + "/page"));
        assertThat(callback).startsWith(redirectUri + "?code=");
        browser.page(callback).isStatus(200);
    }

    @Test
    void aRepeatedCallbackIsRedirected_whenTheBrowserHasASession() {
        String callback = browser.callback(pageWithCallback("redirect"));
        browser.page(callback).isStatus(302);
        assertThat(Browser.location(browser.page(callback).isStatus(302))).isEqualTo("/");
    }

    @Test
    void aRepeatedCallbackIsForwardedWithoutItsParameters_whenTheBrowserHasASession() {
        String page = pageWithCallback("upstream");
        String callback = browser.callback(page);
        browser.page(callback).isStatus(200);
        assertThat(browser.page(callback).isStatus(200).json().getString("uri")).isEqualTo("/callback");
        // A page of the application may have such parameters of its own.
        assertThat(browser.page(page + "?code=a&state=b").isStatus(200).json().getString("uri"))
                .isEqualTo("/page?code=a&state=b");
    }
}
