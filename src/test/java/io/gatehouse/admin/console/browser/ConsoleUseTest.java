package io.gatehouse.admin.console.browser;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Http;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Uses the console as operators do, in Chromium. */
@Tag("browser")
class ConsoleUseTest extends BrowserTestBase {
    private static final String ESCAPE = "\uE00C";

    @Test
    void anOperatorSignsInAndOut() {
        browser.open(console("services?tags=a"));
        browser.type("token", "wrong").click("Sign in").see("does not accept this token");
        browser.type("token", TOKEN).click("Sign in").see("New Service");
        assertThat(browser.url()).endsWith("/console/services?tags=a");
        assertThat(
                        browser.run(
                                "return [localStorage.length, document.cookie, Object.values(sessionStorage).join()].join('|')"))
                .isEqualTo("0||" + TOKEN);

        browser.reload();
        browser.see("New Service").click("Sign out").see("Admin token");
        assertThat(browser.run("return sessionStorage.length")).isEqualTo(0);
        browser.reload();
        browser.see("Admin token");
    }

    @Test
    void anOperatorCreatesChangesAndDeletesAService() {
        signedIn("services").click("New Service");
        browser.type("host", "bad host")
                .type("port", "99999")
                .click("Create the Service")
                .see("value should be between 0 and 65535");
        assertThat(browser.run("return document.activeElement.name")).isEqualTo("host");
        // What was entered is kept.
        assertThat(browser.run("return document.getElementsByName('port')[0].value"))
                .isEqualTo("99999");

        browser.type("name", "orders")
                .type("host", "orders.internal")
                .type("port", "8080")
                .type("tags", "shop\nteam-a");
        browser.click("Create the Service").see("The Service orders is created.");
        String page = browser.url();
        JsonObject created = get("/services/orders");
        assertThat(page).endsWith("/console/services/" + created.getString("id"));
        assertThat(created.getInteger("port")).isEqualTo(8080);
        assertThat(created.getJsonArray("tags")).containsExactlyInAnyOrder("shop", "team-a");

        browser.click("Edit").type("path", "/v2").click("Save").see("The Service orders is saved.");
        assertThat(get("/services/orders").getString("path")).isEqualTo("/v2");
        browser.reload();
        browser.see("orders.internal").miss("is saved");

        browser.click("Delete").see("Delete the Service orders?").click("Cancel");
        assertThat(get("/services/orders").getString("name")).isEqualTo("orders");
        browser.click("Delete").see("Delete the Service orders?");
        browser.clickAt("//dialog//button[normalize-space()='Delete']").see("The Service orders is deleted.");
        browser.open(page).see("There is no Service with this id");
    }

    @Test
    void anOperatorProtectsARouteAndFindsWhatServesAUrl() {
        put("/services/shop", Map.of("url", "http://127.0.0.1:" + upstream.port() + "/v1"));
        put("/services/shop/routes/shop", Map.of("paths", List.of("/shop")));

        signedIn("services").click("shop").see("No Plugin applies to this Service alone");
        browser.clickAt("//section[.//h2='Plugins']//a[normalize-space()='New Plugin']")
                .click("key-auth")
                .see("hide_credentials");
        browser.click("Create the Plugin").see("is created");
        JsonObject plugin = get("/services/shop/plugins").getJsonArray("data").getJsonObject(0);
        assertThat(plugin.getString("name")).isEqualTo("key-auth");

        browser.click("Which Route matches?")
                .type("url", "http://api.example/shop/7")
                .click("Find the Route");
        browser.see("/v1/7").see("key-auth");
        browser.reload();
        browser.see("/v1/7");
        browser.type("url", "http://api.example/nothing")
                .click("Find the Route")
                .see("No Route matches the path /nothing");
        browser.back();
        browser.see("/v1/7");
    }

    @Test
    void anOperatorSearchesByNameAndTag() {
        for (int i = 0; i < 130; i++) {
            put("/consumers/person-" + i, Map.of("tags", List.of(i % 2 == 0 ? "even" : "odd")));
        }
        signedIn("consumers").see("more on the next page").click("Next page").see("First page");
        browser.type("q", "person-12").click("Search").see("person-129").miss("person-13");
        assertThat(browser.url()).endsWith("?q=person-12");
        browser.reload();
        browser.see("11 Consumers found");
        browser.type("tags", "even").click("Search").see("6 Consumers found");
        browser.type("q", "absent").click("Search").see("No Consumer matches.");
    }

    @Test
    void anApplicationShowsItsSecretOnceAndItsTokenIsRevoked() {
        protectApi();

        signedIn("applications/new").type("consumer", "alex").type("name", "Shop app");
        browser.type("client_id", "shop-app").click("Create the Application").see("Copy the secret now");
        String secret =
                String.valueOf(browser.run("return document.querySelectorAll('.new-secret code')[1].textContent"));
        assertThat(secret).matches("[A-Za-z0-9]{32}");
        assertThat(browser.run("return [...document.querySelectorAll('.new-secret button')].map((one) => one.ariaLabel)"
                        + ".join()"))
                .isEqualTo("Copy client_id,Copy client_secret");
        JsonObject application = get("/oauth2/shop-app");
        assertThat(application.getString("client_secret")).startsWith("$pbkdf2-");
        browser.reload();
        browser.see("New Application");
        assertThat(browser.text()).doesNotContain(secret);

        String token = gatehouse
                .token(
                        "/api",
                        Map.of(
                                "grant_type", "client_credentials",
                                "client_id", "shop-app",
                                "client_secret", secret))
                .isStatus(200)
                .json()
                .getString("access_token");
        gatehouse.getWithToken("/api", token).isStatus(200);
        String id = get("/oauth2_tokens/" + token).getString("id");

        signedIn("tokens");
        browser.clickAt("//input[@type='password']");
        browser.run("document.querySelector('input[type=password]').value = arguments[0]", token);
        browser.click("Find the token").see("Shop app");
        assertThat(browser.url()).doesNotContain(token);
        browser.click("Revoke").see("Revoke the token " + id + "?");
        browser.clickAt("//dialog//button[normalize-space()='Revoke']").see("The token " + id + " is revoked.");
        gatehouse.getWithToken("/api", token).isStatus(401);

        put("/oauth2/shop-app/secrets/" + UUID.randomUUID(), Map.of("client_secret", "the second secret"));
        signedIn("applications/" + application.getString("id"))
                .click("Replace the secret")
                .see("A second secret (/oauth2_secrets) stays valid");
        browser.clickAt("//dialog//button[normalize-space()='Replace']").see("Copy the new secret now");
        gatehouse
                .token(
                        "/api",
                        Map.of(
                                "grant_type", "client_credentials",
                                "client_id", "shop-app",
                                "client_secret", secret))
                .isStatus(400);
    }

    @Test
    void anOperatorSeesWhoChangedWhat() {
        String plugin = admin("POST", "/plugins", Map.of("name", "rate-limiting", "config", Map.of("minute", 5)))
                .isStatus(201)
                .json()
                .getString("id");
        Map<String, Object> config = Map.of("minute", 10, "redis", Map.of("password", "hunter2"));
        admin("PATCH", "/plugins/" + plugin, Map.of("config", config)).isStatus(200);
        put("/consumers/audited", Map.of());

        signedIn("audit").see("Consumer audited created").see("by 127.0.0.1");
        signedIn("plugins/" + plugin)
                .click("Changes")
                .see("rate-limiting changed")
                .miss("audited");
        assertThat(browser.url()).endsWith("/console/audit?entity=" + plugin);
        browser.see("config.minute").see("config.redis.password").see("the field can contain a secret");
        assertThat(browser.text()).doesNotContain("hunter2");
        browser.click("Show all changes").see("Consumer audited created");
        admin("DELETE", "/plugins/" + plugin, Map.of()).isStatus(204);
        signedIn("audit?entity=00000000-0000-0000-0000-000000000000").see("No change is recorded");
    }

    @Test
    void anUpstreamShowsTheHealthOfItsTargets() {
        put("/upstreams/shop.upstream", Map.of());
        String id = get("/upstreams/shop.upstream").getString("id");
        signedIn("upstreams/" + id).see("No targets yet").click("New target");
        browser.type("target", "127.0.0.1:" + upstream.port())
                .click("Create the target")
                .see("is created")
                .see("not checked");
        browser.click("Mark unhealthy").see("unhealthy?");
        browser.press(ESCAPE);
        browser.clickAt("//button[normalize-space()='Delete' and not(ancestor::dialog)][ancestor::td]")
                .see("Delete the target");
        browser.clickAt("//dialog[@open]//button[normalize-space()='Delete']").see("No targets yet");
    }

    @Test
    void theOverviewShowsTrafficAndNodes() {
        put("/services/busy", Map.of("url", "http://127.0.0.1:" + upstream.port()));
        put("/services/busy/routes/busy", Map.of("paths", List.of("/busy")));
        signedIn("").see("One node").see("proxy, admin, token-issuer").see("2xx");
        await().atMost(20, SECONDS).until(() -> {
            gatehouse.get("/busy").isStatus(200);
            return !List.of("–", "0.0/s")
                    .contains(browser.run("return document.querySelector('.legend dd').textContent"));
        });
    }

    @Test
    void textOfTheConfigurationIsShownAsText() {
        String hostile = "<img src=x onerror=document.title='hacked'>";
        put("/services/hostile", Map.of("host", "h", "tags", List.of(hostile)));
        signedIn("services").see(hostile).click("hostile").see(hostile);
        assertThat(browser.run("return document.querySelectorAll('img').length"))
                .isEqualTo(0);
        assertThat(browser.run("return document.title")).isEqualTo("Service hostile – Gatehouse");
    }

    @Test
    void anUnknownAddressNamesTheNextStep() {
        signedIn("nothing/here")
                .see("Page not found")
                .click("Go to the start page")
                .see("Overview");
        signedIn("services/1/2/3").see("Page not found");
    }

    @Test
    void theSessionEndsWhereTheTokenEnds() {
        signedIn("services").see("New Service");
        browser.run("sessionStorage.setItem('gatehouse.admin-token', 'old')");
        browser.click("Routes").see("Admin token");
        assertThat(Http.send(Http.get(gatehouse.adminUrl("/services"))).status())
                .isEqualTo(401);
    }

    @Test
    void theOverviewIsPaused() {
        signedIn("services").see("New Service");
        browser.run("""
                const send = window.fetch;
                const start = (controller) => {
                  window.showRate = (rate) => controller.enqueue(new TextEncoder().encode("data: " + JSON.stringify({
                    samples: [{ time: Date.now(), responses: { "2xx": rate }, lookups: {} }], nodes: [],
                  }) + "\\n\\n"));
                };
                window.fetch = (url, options) => String(url).endsWith("/gatehouse/figures")
                  ? Promise.resolve(new Response(new ReadableStream({ start })))
                  : send(url, options);""");
        browser.click("Overview").see("Collecting the first figures");
        browser.run("showRate(1)");
        browser.see("1.0/s").click("Pause").see("Continue");
        browser.run("showRate(2)");
        browser.runAsync("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))");
        assertThat(browser.text()).contains("1.0/s").doesNotContain("2.0/s");
        browser.click("Continue").see("2.0/s").see("Pause");
    }
}
