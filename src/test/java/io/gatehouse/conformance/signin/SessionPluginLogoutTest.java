package io.gatehouse.conformance.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the requests that end sessions of the {@code session} plugin. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SessionPluginLogoutTest {
    private static final String FORM = "application/x-www-form-urlencoded";
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

    private Reply send(String method, String path) {
        return keep(Http.get(api.gatehouse.proxyUrl(path)).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    private Reply post(String path, String type, String body) {
        return keep(Http.request("POST", api.gatehouse.proxyUrl(path), type, body));
    }

    private Reply keep(HttpRequest.Builder request) {
        Reply reply = Http.send(request.header("Cookie", browser.header()));
        browser.keep(reply);
        return reply;
    }

    @ParameterizedTest
    @CsvSource({"cookie, 200", "kong, 403"})
    void aLogoutEndsTheSession(String storage, int statusOfKeptCookie) {
        String path = sessions.protectedBy(storedIn(storage));
        sessions.signIn(browser, path).isStatus(200);
        String value = Objects.requireNonNull(browser.cookies.get("session"));

        send("GET", path + "?session_logout=true").isStatus(200);
        send("DELETE", path).isStatus(200);
        send("DELETE", path + "?logout").isStatus(200);
        assertThat(browser.cookies).as("none of these is a logout").containsEntry("session", value);

        Reply reply = send("DELETE", path + "?a=b&session_logout").isStatus(200);
        assertThat(reply.text()).as("the upstream receives nothing").isEmpty();
        assertThat(reply.header("cache-control")).isEqualTo("no-store");
        assertThat(browser.cookies).isEmpty();
        sessions.get(browser, path).isStatus(403);
        // As in Kong, a session in a cookie is valid until it times out.
        api.gatehouse.get(path, "Cookie", "session=" + value).isStatus(statusOfKeptCookie);
    }

    @Test
    void theConfigurationDeterminesWhatALogoutIs() {
        String path = sessions.protectedBy(SessionPluginApi.config()
                .put("logout_methods", new JsonArray().add("GET"))
                .put("logout_query_arg", "bye"));
        sessions.signIn(browser, path).isStatus(200);
        send("DELETE", path + "?bye").isStatus(200);
        send("GET", path + "?session_logout").isStatus(200);
        assertThat(browser.cookies).containsKey("session");
        send("GET", path + "?bye").isStatus(200);
        assertThat(browser.cookies).isEmpty();
    }

    @Test
    void aRequestWithoutASessionIsNoLogout() {
        String path = sessions.protectedBy(SessionPluginApi.config());
        browser.cookies.put("session", "forged");
        Reply reply = send("DELETE", path + "?session_logout").isStatus(403);
        assertThat(SessionPluginApi.cookies(reply)).isEmpty();
    }

    private static List<Arguments> logouts() {
        String part = "--x\r\nContent-Disposition: form-data; name=session_logout\r\n\r\n1\r\n--x--\r\n";
        return List.of(
                Arguments.of(FORM, "a=b&session_logout=1"),
                Arguments.of(FORM, "session_logout"),
                Arguments.of("application/json", "{\"session_logout\": true}"),
                Arguments.of("multipart/form-data; boundary=x", part));
    }

    @ParameterizedTest
    @MethodSource("logouts")
    void aBodyEndsTheSession_ifItIsToBeRead(String type, String body) {
        String unread = sessions.protectedBy(SessionPluginApi.config());
        String path = sessions.protectedBy(SessionPluginApi.config().put("read_body_for_logout", true));
        sessions.signIn(browser, path).isStatus(200);

        assertThat(post(unread, type, body).isStatus(200).text())
                .as("forwarded")
                .contains("session_logout");
        assertThat(browser.cookies).isNotEmpty();

        assertThat(post(path, type, body).isStatus(200).text()).isEmpty();
        assertThat(browser.cookies).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "application/x-www-form-urlencoded, a=session_logout",
        "application/json, '{\"session_logout\": false}'",
        "application/json, '{\"session_logout\": true'",
        "text/plain, session_logout=1"
    })
    void anotherBodyIsForwarded(String type, String body) {
        String path = sessions.protectedBy(SessionPluginApi.config().put("read_body_for_logout", true));
        sessions.signIn(browser, path).isStatus(200);
        assertThat(post(path, type, body).isStatus(200).text()).contains("session_logout");
        assertThat(browser.cookies).isNotEmpty();
    }

    @Test
    void aLargeBodyIsForwardedUnread() {
        String path = sessions.protectedBy(SessionPluginApi.config().put("read_body_for_logout", true));
        sessions.signIn(browser, path).isStatus(200);
        post(path, FORM, "session_logout=1&a=" + "b".repeat(64 * 1024)).isStatus(200);
        assertThat(browser.cookies).isNotEmpty();
    }
}
