package io.gatehouse.conformance.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests sessions against other sites, shared caches, and changes of the plugin's configuration. */
class SessionSafetyTest extends SignInFixture {
    @ParameterizedTest
    @CsvSource({"client_id, another-client", "issuer, http://127.0.0.1:9/another"})
    void aSessionEndsWithAChangeOfTheIssuerOrTheClient(String field, String value) {
        String path = api.open();
        String plugin = api.add(path, "openid-connect", idp.config()).getString("id");
        String page = api.gatehouse.proxyUrl(path + "/page");
        browser.signIn(page).isStatus(200);
        browser.script(page).isStatus(200);

        Object changed = field.equals("client_id") ? List.of(value) : value;
        api.gatehouse
                .admin(
                        "PATCH",
                        "/plugins/" + plugin,
                        new JsonObject().put("config", new JsonObject().put(field, changed)))
                .isStatus(200);

        browser.script(page).isStatus(401);
    }

    /** A form of another site is sent without a cookie that is {@code SameSite=Lax}. */
    @Test
    void aLogoutWithoutTheCookieDoesNotRemoveIt() {
        String page = page(idp.config().put("logout_uri_suffix", "/logout"));
        Reply reply = Http.send(Http.form(page + "/logout", Map.of()));
        assertThat(reply.isStatus(303).response().headers().allValues("set-cookie"))
                .isEmpty();
    }

    @Test
    void aResponseThatSetsASessionIsNotStored() {
        String page = page(idp.config());
        assertThat(browser.signIn(page).isStatus(200).header("cache-control")).isEqualTo("no-store");
    }

    @ParameterizedTest
    @CsvSource({"__Host-session, Lax", "__Secure-session, Lax", "__host-session, Lax", "session, None"})
    void aCookieThatBrowsersAcceptAsSecureOnlyIsSecure(String name, String sameSite) {
        String page = page(idp.config().put("session_cookie_name", name).put("session_cookie_same_site", sameSite));
        assertThat(browser.signIn(page).isStatus(200).response().headers().allValues("set-cookie"))
                .filteredOn(cookie -> cookie.startsWith(name + "="))
                .singleElement()
                .asString()
                .contains("; Secure;");
    }

    private static void isRefused(JsonObject config, String violation) {
        api.assertRefused("openid-connect", config, "config: " + violation);
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "authorization"})
    void aCookieThatBrowsersRefuseIsRefused(String kind) {
        String cookie = kind + "_cookie";
        for (String prefix : List.of("__Host-", "__host-")) {
            JsonObject ofHost = idp.config().put(cookie + "_name", prefix + kind);
            String needs =
                    "the prefix __Host- of %s_name needs %s_path / and no %s_domain".formatted(cookie, cookie, cookie);
            isRefused(ofHost.copy().put(cookie + "_path", "/shop"), needs);
            isRefused(ofHost.copy().put(cookie + "_domain", "shop.example"), needs);
            isRefused(
                    ofHost.copy().put(cookie + "_secure", false),
                    "the prefix __Host- of %s_name does not permit %s_secure false".formatted(cookie, cookie));
        }
        isRefused(
                idp.config().put(cookie + "_name", "__Secure-" + kind).put(cookie + "_secure", false),
                "the prefix __Secure- of %s_name does not permit %s_secure false".formatted(cookie, cookie));
        isRefused(
                idp.config().put(cookie + "_same_site", "None").put(cookie + "_secure", false),
                "%s_same_site None does not permit %s_secure false".formatted(cookie, cookie));
    }

    @ParameterizedTest
    @CsvSource({
        "__Host-a, /, Lax, true",
        "__Secure-a, /shop, None, true",
        "a, /shop, Lax, false",
        "a__Host-, /shop, Lax, false"
    })
    void aCookieThatBrowsersAcceptIsAccepted(String name, String path, String sameSite, boolean secure) {
        for (String kind : List.of("session", "authorization")) {
            String cookie = kind + "_cookie";
            JsonObject config = idp.config()
                    .put(cookie + "_name", name)
                    .put(cookie + "_path", path)
                    .put(cookie + "_same_site", sameSite)
                    .put(cookie + "_secure", secure);
            if (!name.startsWith("__Host-")) {
                config.put(cookie + "_domain", "shop.example");
            }
            assertThat(api.protectedBy("openid-connect", config)).isNotNull();
        }
    }

    /** Tokens of ended sessions would stay valid although the field is set. */
    @Test
    void aBackChannelLogoutThatCouldEndNothingIsRefused() {
        String needs = "backchannel_logout_uri_suffix needs the method session and client_id";
        JsonObject config = idp.config().put("backchannel_logout_uri_suffix", "/ended");
        isRefused(config.copy().put("auth_methods", List.of("bearer")), needs);
        isRefused(
                config.copy().put("auth_methods", List.of("bearer", "session")).putNull("client_id"), needs);
        isRefused(
                config.copy().put("logout_uri_suffix", "/ended"),
                "logout_uri_suffix and backchannel_logout_uri_suffix must differ");
    }
}
