package io.gatehouse.conformance.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests timeouts, persistent sessions and headers of the {@code session} plugin. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SessionPluginTimesTest {
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

    @ParameterizedTest
    @CsvSource({
        "cookie, idling_timeout", "cookie, rolling_timeout", "cookie, absolute_timeout",
        "kong, idling_timeout", "kong, rolling_timeout", "kong, absolute_timeout"
    })
    void aSessionEndsWithEachOfItsTimeouts(String storage, String timeout) {
        JsonObject none = storedIn(storage)
                .put("idling_timeout", 0)
                .put("rolling_timeout", 0)
                .put("absolute_timeout", 0);
        String path = sessions.protectedBy(none.put(timeout, 1));
        sessions.signIn(browser, path).isStatus(200);
        String cookie = browser.header();
        await().untilAsserted(() -> api.gatehouse.get(path, "Cookie", cookie).isStatus(403));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cookie", "kong"})
    void theRollingTimeoutReplacesTheCookie(String storage) {
        String path = sessions.protectedBy(storedIn(storage).put("rolling_timeout", 8));
        sessions.signIn(browser, path).isStatus(200);
        String first = Objects.requireNonNull(browser.cookies.get("session"));

        await().untilAsserted(() -> {
            sessions.get(browser, path).isStatus(200);
            assertThat(browser.cookies.get("session")).isNotEqualTo(first);
        });

        sessions.get(browser, path).isStatus(200);
        // A request that was in flight has the earlier value.
        api.gatehouse.get(path, "Cookie", "session=" + first).isStatus(200);
    }

    @Test
    void aReplacedValueIsInvalid_withoutAStaleTime() {
        String path =
                sessions.protectedBy(storedIn("kong").put("rolling_timeout", 8).put("stale_ttl", 0));
        sessions.signIn(browser, path).isStatus(200);
        String first = Objects.requireNonNull(browser.cookies.get("session"));
        await().untilAsserted(() -> {
            sessions.get(browser, path).isStatus(200);
            assertThat(browser.cookies.get("session")).isNotEqualTo(first);
        });
        api.gatehouse.get(path, "Cookie", "session=" + first).isStatus(403);
        sessions.get(browser, path).isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cookie", "kong"})
    void aPersistentSessionBeginsTheNextOne(String storage) {
        JsonObject config = storedIn(storage).put("remember", true).put("remember_rolling_timeout", 3_600);
        String path = sessions.protectedBy(config);
        Reply reply = sessions.signIn(browser, path).isStatus(200);
        assertThat(SessionPluginApi.cookies(reply)).hasSize(2).anySatisfy(cookie -> {
            assertThat(cookie).startsWith("remember=").contains("; Secure; HttpOnly; SameSite=Strict");
            assertThat(cookie).containsPattern("; Max-Age=3(600|599|598);");
        });
        String session = Objects.requireNonNull(browser.cookies.get("session"));
        String persistent = Objects.requireNonNull(browser.cookies.get("remember"));
        assertThat(persistent).isNotEqualTo(session);

        // The browser has been closed.
        browser.cookies.remove("session");
        Reply restored = sessions.get(browser, path).isStatus(200);
        assertThat(restored.upstreamHeader("x-consumer-username")).isEqualTo(sessions.consumer);
        assertThat(restored.upstreamHeader("x-credential-identifier")).isEqualTo(sessions.key.getString("id"));
        assertThat(restored.upstreamHeader("cookie")).isNull();
        assertThat(browser.cookies.get("session")).isNotNull().isNotEqualTo(session);
        assertThat(browser.cookies.get("remember")).isNotNull().isNotEqualTo(persistent);

        assertThat(SessionPluginApi.cookies(sessions.get(browser, path).isStatus(200)))
                .isEmpty();
        api.gatehouse.get(path, "Cookie", "session=" + persistent).isStatus(403);
        api.gatehouse.get(path, "Cookie", "remember=" + session).isStatus(403);
    }

    @Test
    void anotherCallerEndsThePersistentSession() {
        JsonObject config = storedIn("kong").put("remember", true);
        String path = api.protectedBy("key-auth", new JsonObject());
        api.add(path, "session", config);
        String open = sessions.protectedBy(config);
        sessions.signIn(browser, path).isStatus(200);
        String persistent = browser.cookies.get("remember");
        sessions.signIn(browser, path, api.key(api.consumer())).isStatus(200);
        assertThat(browser.cookies.get("remember")).isNotEqualTo(persistent);
        api.gatehouse.get(open, "Cookie", "remember=" + persistent).isStatus(403);
    }

    /** A browser that begins sends several requests at once. */
    @Test
    void requestsInFlightRestoreAStoredSession() {
        String path = sessions.protectedBy(storedIn("kong").put("remember", true));
        sessions.signIn(browser, path).isStatus(200);
        String persistent = browser.cookies.get("remember");
        for (int request = 0; request < 8; request++) {
            api.gatehouse.get(path, "Cookie", "remember=" + persistent).isStatus(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"session", "remember"})
    void aLogoutEndsThePersistentSessionToo(String removed) {
        String path = sessions.protectedBy(storedIn("kong").put("remember", true));
        sessions.signIn(browser, path).isStatus(200);
        String persistent = browser.cookies.get("remember");
        if (removed.equals("session")) {
            browser.cookies.remove("session");
        }
        Reply reply = Http.send(Http.get(api.gatehouse.proxyUrl(path + "?session_logout"), "Cookie", browser.header())
                .DELETE());
        browser.keep(reply.isStatus(200));
        assertThat(browser.cookies).isEmpty();
        api.gatehouse.get(path, "Cookie", "remember=" + persistent).isStatus(403);
    }

    @Test
    void withoutRememberThePersistentCookieIsIgnored() {
        String path = sessions.protectedBy(SessionPluginApi.config().put("remember", true));
        sessions.signIn(browser, path).isStatus(200);
        browser.cookies.remove("session");
        String other = sessions.protectedBy(SessionPluginApi.config());
        assertThat(sessions.get(browser, other).isStatus(403).header("set-cookie"))
                .isNull();
    }

    @Test
    void theUpstreamAndTheClientReceiveTheConfiguredProperties() {
        JsonArray all = new JsonArray()
                .add("id")
                .add("audience")
                .add("subject")
                .add("timeout")
                .add("idling-timeout")
                .add("rolling-timeout")
                .add("absolute-timeout");
        String path = sessions.protectedBy(SessionPluginApi.config()
                .put("audience", "shop")
                .put("rolling_timeout", 0)
                .put("request_headers", all)
                .put("response_headers", all));
        Reply first = sessions.signIn(browser, path).isStatus(200);
        Reply later = sessions.get(browser, path).isStatus(200);
        for (Reply reply : new Reply[] {first, later}) {
            assertThat(reply.upstreamHeader("session-id"))
                    .isEqualTo(first.header("session-id"))
                    .isEqualTo(reply.header("session-id"))
                    .hasSize(22);
            assertThat(reply.upstreamHeader("session-audience")).isEqualTo("shop");
            assertThat(reply.header("session-subject")).isEqualTo(sessions.consumer);
            assertThat(reply.upstreamHeader("session-subject")).isEqualTo(sessions.consumer);
            assertThat(Integer.parseInt(Objects.requireNonNull(reply.header("session-timeout"))))
                    .isBetween(870, 900);
            assertThat(Integer.parseInt(Objects.requireNonNull(reply.upstreamHeader("session-idling-timeout"))))
                    .isBetween(870, 900);
            assertThat(Integer.parseInt(Objects.requireNonNull(reply.header("session-absolute-timeout"))))
                    .isBetween(86_370, 86_400);
            assertThat(reply.header("session-rolling-timeout")).as("it is none").isNull();
        }
        assertThat(browser.cookies.get("session")).doesNotContain(Objects.requireNonNull(first.header("session-id")));
    }

    @Test
    void theClientCannotSetTheHeadersOfProperties() {
        String path =
                sessions.protectedBy(SessionPluginApi.config().put("request_headers", new JsonArray().add("subject")));
        sessions.signIn(browser, path).isStatus(200);
        HttpRequest.Builder request = Http.get(
                api.gatehouse.proxyUrl(path),
                "Cookie",
                browser.header(),
                "Session-Subject",
                "forged",
                "Session-Id",
                "x");
        Reply reply = Http.send(request).isStatus(200);
        assertThat(reply.upstreamHeader("session-subject")).isEqualTo(sessions.consumer);
        assertThat(reply.upstreamHeader("session-id")).as("not configured").isEqualTo("x");
        assertThat(reply.header("session-subject")).isNull();
    }
}
