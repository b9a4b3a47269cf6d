package io.gatehouse.admin.console.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Shows errors, and values that no form of the console would send, in Chromium. */
@Tag("browser")
class ConsoleErrorsTest extends BrowserTestBase {
    /** Names a late node in the responses to writes of a method. */
    private static final String BE_LATE = """
            const send = window.fetch;
            window.fetch = async (url, options) => {
              const response = await send(url, options);
              return options.method === arguments[0]
                ? new Response(null, { status: 204, headers: { "X-Gatehouse-Late-Nodes": "gatehouse-7" } })
                : response;
            };""";

    @Test
    void anApplicationThatNoPathCanNameIsAnErrorOfThePage() {
        signedIn("tokens?application=..").see("A browser cannot request the name");
        assertThat(browser.text()).contains("Find the token");
    }

    @Test
    void aRevocationFromAListNamesTheNodesThatMayStillAcceptTheToken() {
        protectApi();
        String application = put("/consumers/alex/oauth2/app", Map.of("name", "app", "client_secret", "app-secret"))
                .getString("id");
        revoke(application, "Revoke", "Revoke");
        revoke(application, "Revoke all tokens of this Application", "Revoke all");
    }

    private void revoke(String application, String button, String confirm) {
        gatehouse
                .token(
                        "/api",
                        Map.of("grant_type", "client_credentials", "client_id", "app", "client_secret", "app-secret"))
                .isStatus(200);
        signedIn("tokens?application=" + application).see("Tokens: 1");
        browser.run(BE_LATE, "DELETE");
        browser.click(button);
        browser.clickAt("//dialog[@open]//button[normalize-space()='" + confirm + "']");
        browser.see("There are no valid tokens.")
                .see("did not confirm the change in time")
                .see("gatehouse-7");
    }

    @Test
    void aChangeOfATargetNamesTheNodesThatDidNotConfirmIt() {
        String id = put("/upstreams/late.upstream", Map.of()).getString("id");
        admin("POST", "/upstreams/late.upstream/targets", Map.of("target", "127.0.0.1:" + upstream.port()))
                .isStatus(201);
        signedIn("upstreams/" + id).see("not checked");
        browser.run(BE_LATE, "DELETE");
        browser.clickAt("//td//button[normalize-space()='Delete' and not(ancestor::dialog)]");
        browser.clickAt("//dialog[@open]//button[normalize-space()='Delete']");
        browser.see("No targets yet").see("is deleted.").see("gatehouse-7");
    }

    @Test
    void aTimeThatIsNoDateIsShownAsItsNumber() {
        String id = put("/services/far", Map.of("host", "h", "created_at", 9_007_199_254_740_991L))
                .getString("id");
        signedIn("services/" + id).see("Service far").see("9007199254740991");
    }

    @Test
    void aTimeStatesItsZone() {
        put("/consumers/zoned", Map.of());
        signedIn("audit").see("Consumer zoned created");
        browser.devTools("Emulation.setTimezoneOverride", Map.of("timezoneId", "Asia/Kolkata"));
        browser.reload();
        browser.see("Consumer zoned created");
        assertThat(browser.run("return document.querySelector('time').textContent"))
                .asString()
                .contains("GMT+5:30");
        browser.devTools("Emulation.setTimezoneOverride", Map.of("timezoneId", ""));
    }

    @Test
    void aTokenThatNoHeaderCanContainIsRejected_andNotKept() {
        browser.open(console("")).see("Admin token");
        browser.type("token", "copied-with-an-ellipsis\u2026").click("Sign in").see("does not accept this token");
        browser.reload();
        browser.see("Admin token");
    }

    private String pluginOf(String service, String name, Map<String, Object> config) {
        put("/services/" + service, Map.of("host", "h"));
        return admin("POST", "/services/" + service + "/plugins", Map.of("name", name, "config", config))
                .isStatus(201)
                .json()
                .getString("id");
    }

    @Test
    void aListAndAMapOfSecretsAreHiddenUntilTheyAreAskedFor() {
        String signIn = pluginOf(
                "with-list",
                "openid-connect",
                Map.of(
                        "issuer", "https://issuer.example/",
                        "client_id", List.of("gateway"),
                        "client_secret", List.of("of-the-provider")));
        signedIn("plugins/" + signIn).see("client_secret");
        assertThat(browser.text()).doesNotContain("of-the-provider").contains("bearer");
        browser.clickAt("//button[@aria-label='Show client_secret']").see("of-the-provider");
        browser.clickAt("//button[@aria-label='Hide client_secret']").miss("of-the-provider");
        signedIn("plugins/" + signIn + "/edit").see("client_secret");
        assertThat(browser.run("return getComputedStyle(document.getElementById('field-config.client_secret'))"
                        + ".webkitTextSecurity"))
                .isEqualTo("disc");

        String log = pluginOf(
                "with-map",
                "http-log",
                Map.of(
                        "http_endpoint",
                        "http://log.example/",
                        "headers",
                        Map.of("Authorization", "Splunk of-the-collector")));
        signedIn("plugins/" + log).see("http_endpoint");
        assertThat(browser.text()).doesNotContain("of-the-collector");
        browser.clickAt("//button[@aria-label='Show headers']").see("Splunk of-the-collector");
    }

    @Test
    void aReferenceToNoEntityHasItsReasonAtTheField() {
        signedIn("routes/new").see("Create the Route");
        browser.type("service", "00000000-0000-4000-8000-000000000000").type("paths", "/x");
        browser.click("Create the Route").see("there is no entity with this id");
        assertThat(browser.run("return document.activeElement.name")).isEqualTo("service");
    }

    @Test
    void aSearchWithoutAResultIsAStatusMessage() {
        signedIn("tokens").see("Find the token");
        browser.run("document.querySelector('input[type=password]').value = 'absent'");
        browser.click("Find the token").see("No valid access token has this text");
        assertThat(browser.run("return [...document.querySelectorAll('[role=status]')]"
                        + ".map((one) => one.textContent).join()"))
                .asString()
                .contains("No valid access token has this text");
    }

    @Test
    void aHeaderWithTheNameOfAnInheritedPropertyIsAHeader() {
        put("/services/inherited", Map.of("host", "h"));
        put("/services/inherited/routes/inherited", Map.of("headers", Map.of("constructor", List.of("a"))));
        signedIn("match").see("Find the Route");
        browser.type("url", "http://api.example/").type("headers", "constructor: a");
        browser.click("Find the Route").see("Plugins in the order");
        browser.click("inherited").see("Route inherited");
    }

    @Test
    void aPathIsMatchedWithoutAHost() {
        put("/services/hostless", Map.of("host", "h"));
        put("/services/hostless/routes/hostless", Map.of("paths", List.of("/hostless")));
        signedIn("match").see("Find the Route");
        browser.type("url", "/hostless/1").click("Find the Route").see("Plugins in the order");
        browser.see("hostless");
        assertThat(browser.run("return document.getElementById('match-url').value"))
                .isEqualTo("http://localhost/hostless/1");
    }

    @Test
    void aRequestThatCannotBeMatchedIsCorrectedAtItsField() {
        signedIn("match").see("Find the Route");
        browser.type("url", "hostless").click("Find the Route").see("Enter a whole URL");
        assertThat(browser.run("return document.activeElement.name")).isEqualTo("url");
        browser.type("url", "http://api.example/").type("headers", "no header");
        browser.click("Find the Route").see("is no header").miss("Enter a whole URL");
        assertThat(browser.run("return document.activeElement.name")).isEqualTo("headers");
    }

    @Test
    void theWarningAboutTokensDescribesTheHeaders() {
        signedIn("match").see("Find the Route");
        assertThat(browser.run("return document.getElementById(document.getElementById('match-headers')"
                        + ".getAttribute('aria-describedby').split(' ')[0]).textContent"))
                .asString()
                .contains("enter no token");
    }

    @Test
    void aSearchThatHasNotReadEveryEntityStatesIt() {
        signedIn("services").see("New Service");
        browser.run("""
                const send = window.fetch;
                window.fetch = (url, options) => String(url).includes("size=1000")
                  ? Promise.resolve(Response.json({ data: [], offset: "next" }))
                  : send(url, options);""");
        browser.type("q", "absent").click("Search").see("No Service of the first 50,000 matches.");
    }

    @Test
    void aPageThatIsNotLoadedHasATitleAndTheFocus() {
        put("/services/unloaded", Map.of("host", "h"));
        signedIn("services").see("unloaded");
        browser.run("""
                window.fetch = () => Promise.resolve(
                  Response.json({ message: "the database does not respond" }, { status: 503 }));""");
        browser.click("unloaded").see("the database does not respond").see("Retry");
        assertThat(browser.run("return document.title")).isEqualTo("Not loaded – Gatehouse");
        assertThat(browser.run("return document.activeElement.textContent")).isEqualTo("Not loaded");
    }

    @Test
    void aListThatTheFormCannotShowIsNotSentWithAnotherChange() {
        String id = put("/services/spaced", Map.of("host", "h", "tags", List.of("team a ")))
                .getString("id");
        signedIn("services/" + id + "/edit").see("Edit the Service spaced");
        browser.type("path", "/v2").click("Save").see("The Service spaced is saved.");
        JsonObject saved = get("/services/spaced");
        assertThat(saved.getString("path")).isEqualTo("/v2");
        assertThat(saved.getJsonArray("tags")).containsExactly("team a ");
    }

    @Test
    void aRefreshTokenIsRevoked_althoughItNamesNoAccessToken() {
        put("/consumers/rotating", Map.of());
        String application = put("/consumers/rotating/oauth2/rotating", Map.of("name", "rotating"))
                .getString("id");
        admin(
                        "POST",
                        "/oauth2_tokens",
                        Map.of(
                                "credential",
                                Map.of("id", application),
                                "expires_in",
                                600,
                                "access_token",
                                "the-access-token",
                                "refresh_token",
                                "the-refresh-token"))
                .isStatus(201);
        signedIn("tokens").see("Find the token");
        browser.run("document.querySelector('input[type=password]').value = 'the-refresh-token'");
        browser.click("Find the token").see("No valid access token has this text");
        browser.click("Revoke the grant of this refresh token").see("Its grant ends");
        browser.clickAt("//dialog[@open]//button[normalize-space()='Revoke']").see("No grant has this refresh token");
        assertThat(get("/oauth2/rotating/oauth2_tokens").getJsonArray("data")).isEmpty();
    }

    @Test
    void aListOfTheFirstTargetsStatesThatThereAreMore() {
        String id = put("/upstreams/many.upstream", Map.of()).getString("id");
        signedIn("upstreams").see("many.upstream");
        browser.run("""
                const send = window.fetch;
                window.fetch = (url, options) => String(url).includes("/health?")
                  ? Promise.resolve(Response.json({ data: [{ id: "t", target: "h:1", weight: 1 }], offset: "next" }))
                  : send(url, options);""");
        browser.click("many.upstream").see("These are the first 1.");
        assertThat(browser.url()).endsWith(id);
    }
}
