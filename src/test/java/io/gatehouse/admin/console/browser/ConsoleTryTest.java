package io.gatehouse.admin.console.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tries Routes in the console, in Chromium. */
@Tag("browser")
class ConsoleTryTest extends BrowserTestBase {
    private static final String SECRET = "the-secret-of-the-app";

    private String route = "";
    private String open = "";
    private String application = "";

    @BeforeAll
    void fill() {
        if (browser == null) {
            return;
        }
        put("/services/orders", Map.of("url", "http://127.0.0.1:" + upstream.port()));
        route = put("/services/orders/routes/orders", Map.of("paths", List.of("/orders")))
                .getString("id");
        admin(
                        "POST",
                        "/services/orders/plugins",
                        Map.of("name", "oauth2", "config", Map.of("enable_client_credentials", true)))
                .isStatus(201);
        put("/services/open", Map.of("url", "http://127.0.0.1:" + upstream.port()));
        open = put("/services/open/routes/open", Map.of("paths", List.of("/open")))
                .getString("id");
        put("/consumers/alex", Map.of());
        application = put(
                        "/consumers/alex/oauth2/shop-app",
                        Map.of("name", "Shop app", "client_secret", SECRET, "hash_secret", true))
                .getString("id");
    }

    @Test
    void anOperatorGetsATokenAndCallsARoute() {
        signedIn("routes/" + route)
                .clickAt("//main//a[normalize-space()='Try it']")
                .see("Its host and path select the Route");
        browser.type("application", "shop-app").click("Choose").see("Token for Shop app");
        assertThat(browser.url()).endsWith("/console/try?route=" + route + "&application=" + application);

        browser.type("url", "https://localhost/orders/7").type("secret", SECRET).click("Get a token and call");
        browser.see("Response: 200").see("x-consumer-username").see("alex");
        browser.see("$CLIENT_SECRET").see("Bearer $TOKEN");
        assertThat(browser.text()).doesNotContain(SECRET).contains("Authorization: Bearer ••••••••");
        assertThat(browser.url()).doesNotContain(SECRET).doesNotContain("Bearer");

        browser.clickAt("//label[contains(., 'Show the secret')]").see(SECRET);

        browser.devTools("Emulation.setEmulatedMedia", Map.of("media", "print"));
        assertThat(browser.run("const style = getComputedStyle(document.querySelector('.exchange'));"
                        + "return style.maxHeight + ' ' + style.overflowY"))
                .isEqualTo("none visible");
        browser.devTools("Emulation.setEmulatedMedia", Map.of("media", ""));
    }

    @Test
    void anOperatorSeesWhyThereIsNoToken() {
        signedIn("try?route=" + route + "&application=" + application).see("Token for Shop app");
        browser.type("url", "https://localhost/orders").type("secret", "wrong").click("Get a token and call");
        browser.see("The Application got no token").see("invalid_client").see("Bearer $TOKEN");
    }

    @Test
    void aRouteWithoutAnApplicationIsCalledWithoutAToken() {
        signedIn("try").see("Choose the Route to call");
        browser.type("route", "absent").click("Choose").see("There is no Route absent.");
        browser.type("route", "open").click("Choose").see("Its host and path select the Route");
        assertThat(browser.url()).endsWith("/console/try?route=" + open);
        browser.type("url", "http://localhost/open?x=1")
                .type("headers", "X-Canary: yes")
                .click("Call");
        browser.see("Response: 200").see("x-canary");
        assertThat(browser.run("return document.activeElement.textContent")).isEqualTo("Call");
        browser.click("Which Route matches this request?").see("Plugins in the order");
    }

    @Test
    void aRouteWithoutThePluginOauth2ReceivesNoSecret() {
        signedIn("try?route=" + open + "&application=" + application).see("Token for Shop app");
        int before = upstream.requests();
        browser.type("url", "https://localhost/open").type("secret", SECRET).click("Get a token and call");
        browser.see("The console has not sent the secret.").see("No Route serves the token endpoint");
        assertThat(upstream.requests()).isEqualTo(before);
    }

    @Test
    void theTokenRequestToAnIpv6AddressHasThePortOfTheListener() {
        signedIn("try").see("Choose the Route to call");
        assertThat(browser.run("return import('/console/assets/pages/try-plan.js').then((plan) => plan.tokenRequest("
                        + "'http://[::1]:8000/orders', { paths: ['/orders'] }, { tls: { port: 8443 } },"
                        + " { clientId: 'a', secret: 'b' }, '').url)"))
                .isEqualTo("https://[::1]:8443/orders/oauth2/token");
    }
}
