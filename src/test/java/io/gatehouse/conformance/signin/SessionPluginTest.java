package io.gatehouse.conformance.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the {@code session} plugin (docs/reference/plugins.md#session). */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SessionPluginTest {
    private static SessionPluginApi sessions;
    private static PluginApi api;
    private final Browser browser = new Browser();

    @BeforeAll
    static void start() {
        api = new PluginApi();
        sessions = new SessionPluginApi(api);
    }

    @AfterAll
    static void stop() {
        sessions.close();
    }

    private static JsonObject storedIn(String storage) {
        return SessionPluginApi.config().put("storage", storage);
    }

    private static String consumerOf(JsonObject key) {
        return key.getJsonObject("consumer").getString("id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cookie", "kong"})
    void aSessionAuthenticatesTheRequestsAfterTheOneWithTheKey(String storage) {
        String path = sessions.protectedBy(storedIn(storage));
        sessions.get(browser, path).isStatus(403);
        assertThat(browser.cookies).isEmpty();

        Reply first = sessions.signIn(browser, path).isStatus(200);
        assertThat(SessionPluginApi.cookies(first))
                .singleElement()
                .asString()
                .startsWith("session=")
                .contains("; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict")
                .doesNotContain("Max-Age", "Domain");
        assertThat(first.header("cache-control")).isEqualTo("no-store");

        for (int request = 0; request < 2; request++) {
            Reply later = sessions.get(browser, path).isStatus(200);
            assertThat(SessionPluginApi.cookies(later)).isEmpty();
            assertThat(later.upstreamHeader("x-consumer-id")).isEqualTo(consumerOf(sessions.key));
            assertThat(later.upstreamHeader("x-consumer-username")).isEqualTo(sessions.consumer);
            assertThat(later.upstreamHeader("x-credential-identifier")).isEqualTo(sessions.key.getString("id"));
            assertThat(later.upstreamHeader("x-anonymous-consumer")).isNull();
            assertThat(later.upstreamHeader("cookie")).isNull();
        }
        assertThat(SessionPluginApi.cookies(sessions.signIn(browser, path).isStatus(200)))
                .as("the session is that of the key")
                .isEmpty();
    }

    @Test
    void theCookieHasItsConfiguredNameAndAttributes() {
        String path = sessions.protectedBy(SessionPluginApi.config()
                .put("cookie_name", "own")
                .put("cookie_path", "/api")
                .put("cookie_domain", "example.com")
                .put("cookie_same_site", "Lax")
                .put("cookie_http_only", false)
                .put("cookie_secure", false));
        assertThat(SessionPluginApi.cookies(sessions.signIn(browser, path)))
                .singleElement()
                .asString()
                .startsWith("own=")
                .endsWith("; Path=/api; Domain=example.com; SameSite=Lax");
    }

    @Test
    void otherCookiesReachTheUpstream() {
        String path = sessions.protectedBy(SessionPluginApi.config());
        sessions.signIn(browser, path).isStatus(200);
        browser.cookies.put("theme", "dark");
        assertThat(sessions.get(browser, path).isStatus(200).upstreamHeader("cookie"))
                .isEqualTo("theme=dark");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cookie", "kong"})
    void aForgedOrRepeatedCookieIsNoSession(String storage) {
        String path = sessions.protectedBy(storedIn(storage));
        sessions.signIn(browser, path).isStatus(200);
        String valid = Objects.requireNonNull(browser.cookies.get("session"));
        char last = valid.charAt(20);
        String changed = valid.substring(0, 20) + (last == 'A' ? 'B' : 'A') + valid.substring(21);
        for (String value : new String[] {changed, "", "A".repeat(43), "A".repeat(6_000), "%00", valid + "A"}) {
            browser.cookies.put("session", value);
            sessions.get(browser, path).isStatus(403);
        }
        api.gatehouse
                .get(path, "Cookie", "session=" + valid + "; session=" + valid)
                .isStatus(403);
        api.gatehouse.get(path, "Cookie", "session=" + valid).isStatus(200);
    }

    @Test
    void aRejectedRequestHasNoSession() {
        String path = api.protectedBy("key-auth", new JsonObject());
        api.add(path, "session", SessionPluginApi.config());
        assertThat(SessionPluginApi.cookies(api.gatehouse.get(path).isStatus(401)))
                .isEmpty();
    }

    /** As in Kong: the request is authenticated. */
    @Test
    void aRequestThatALaterPluginRejectsHasASession() {
        String path = sessions.protectedBy(SessionPluginApi.config());
        api.add(path, "acl", new JsonObject().put("allow", new JsonArray().add("staff")));
        assertThat(SessionPluginApi.cookies(sessions.signIn(browser, path).isStatus(403)))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cookie", "kong"})
    void aSessionDoesNotReplaceACredentialThatIsRequired(String storage) {
        String path = api.protectedBy("key-auth", new JsonObject());
        api.add(path, "session", storedIn(storage));
        String open = sessions.protectedBy(storedIn(storage));
        sessions.signIn(browser, path).isStatus(200);
        String first = Objects.requireNonNull(browser.cookies.get("session"));
        sessions.get(browser, path).isStatus(401);
        assertThat(sessions.get(browser, open).isStatus(200).upstreamHeader("x-consumer-id"))
                .isEqualTo(consumerOf(sessions.key));

        JsonObject other = api.key(api.consumer());
        sessions.signIn(browser, path, other).isStatus(200);

        assertThat(sessions.get(browser, open).isStatus(200).upstreamHeader("x-consumer-id"))
                .as("the session is that of the later caller")
                .isEqualTo(consumerOf(other));
        // A session in a cookie cannot be ended.
        api.gatehouse.get(open, "Cookie", "session=" + first).isStatus(storage.equals("kong") ? 403 : 200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cookie", "kong"})
    void aSessionIsValidForPluginsWithTheSameSecretAndAudience(String storage) {
        String path = sessions.protectedBy(storedIn(storage));
        sessions.signIn(browser, path).isStatus(200);

        sessions.get(browser, sessions.protectedBy(storedIn(storage))).isStatus(200);
        sessions.get(browser, sessions.protectedBy(storedIn(storage).put("audience", "other")))
                .isStatus(403);
        sessions.get(browser, sessions.protectedBy(storedIn(storage).put("secret", "another secret of the tests")))
                .isStatus(403);
        sessions.get(browser, sessions.protectedBy(new JsonObject().put("storage", storage)))
                .isStatus(403);
    }

    @Test
    void withoutASecretASessionIsValidForItsPluginAlone() {
        String path = sessions.protectedBy(new JsonObject());
        sessions.signIn(browser, path).isStatus(200);
        sessions.get(browser, path).isStatus(200);
        sessions.get(browser, sessions.protectedBy(new JsonObject())).isStatus(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cookie", "kong"})
    void aSessionFollowsItsConsumer(String storage) {
        String path = sessions.protectedBy(storedIn(storage));
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);
        sessions.signIn(browser, path, key).isStatus(200);
        sessions.get(browser, path).isStatus(200);

        api.gatehouse
                .admin("PATCH", "/consumers/" + consumer, new JsonObject().put("custom_id", "c-of-" + storage))
                .isStatus(200);
        assertThat(sessions.get(browser, path).isStatus(200).upstreamHeader("x-consumer-custom-id"))
                .isEqualTo("c-of-" + storage);

        String value = Objects.requireNonNull(browser.cookies.get("session"));
        api.gatehouse.admin("DELETE", "/consumers/" + consumer).isStatus(204);
        sessions.get(browser, path).isStatus(403);
        assertThat(browser.cookies).as("the cookie is removed").isEmpty();
        api.gatehouse.get(path, "Cookie", "session=" + value).isStatus(403);
    }

    /** As in Kong, which checks only the Consumer. */
    @Test
    void aSessionOutlivesItsCredential() {
        String path = sessions.protectedBy(SessionPluginApi.config());
        JsonObject key = api.key(sessions.consumer);
        sessions.signIn(browser, path, key).isStatus(200);
        api.gatehouse
                .admin("DELETE", "/consumers/" + sessions.consumer + "/key-auth/" + key.getString("id"))
                .isStatus(204);
        sessions.get(browser, path).isStatus(200);
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("session", new JsonObject());
    }

    @Test
    void aCookieThatBrowsersRefuseIsRefused() {
        JsonObject notSecure = new JsonObject().put("cookie_secure", false);
        JsonObject ofHost = new JsonObject().put("cookie_name", "__Host-session");
        String needs = "config: the prefix __Host- of cookie_name needs cookie_path / and no cookie_domain";
        api.assertRefused("session", ofHost.copy().put("cookie_path", "/shop"), needs);
        api.assertRefused("session", ofHost.copy().put("cookie_domain", "shop.example"), needs);
        api.assertRefused(
                "session",
                ofHost.copy().mergeIn(notSecure),
                "config: the prefix __Host- of cookie_name does not permit cookie_secure false");
        api.assertRefused(
                "session",
                notSecure.copy().put("cookie_name", "__Secure-session"),
                "config: the prefix __Secure- of cookie_name does not permit cookie_secure false");
        api.assertRefused(
                "session",
                notSecure.copy().put("cookie_same_site", "None"),
                "config: cookie_same_site None does not permit cookie_secure false");

        JsonObject persistent = notSecure.copy().put("remember_cookie_name", "__Secure-persistent");
        api.assertRefused(
                "session",
                persistent.copy().put("remember", true),
                "config: the prefix __Secure- of remember_cookie_name does not permit cookie_secure false");
        assertThat(api.protectedBy("session", persistent)).isNotNull();
        assertThat(api.protectedBy("session", ofHost)).isNotNull();
    }

    @Test
    void anInvalidConfigurationIsRefused() {
        api.assertRefused(
                "session", new JsonObject().put("storage", "redis"), "config.storage: expected one of: cookie, kong");
        api.assertRefused(
                "session",
                new JsonObject().put("cookie_same_site", "off"),
                "config.cookie_same_site: expected one of: Strict, Lax, None, Default");
        api.assertRefused(
                "session",
                new JsonObject().put("idling_timeout", -1),
                "config.idling_timeout: value should be between 0 and 31536000");
        api.assertRefused(
                "session",
                new JsonObject().put("remember", true).put("remember_cookie_name", "session"),
                "config: cookie_name and remember_cookie_name must differ");
        api.assertRefused(
                "session", new JsonObject().put("cookie_name", "a b"), "config.cookie_name: invalid name of a cookie");
        JsonObject ofConsumer = new JsonObject()
                .put("name", "session")
                .put("consumer", new JsonObject().put("username", sessions.consumer));
        api.gatehouse
                .admin("POST", "/plugins", ofConsumer)
                .isMessage(400, "schema violation (consumer: value must be null)");
    }
}
