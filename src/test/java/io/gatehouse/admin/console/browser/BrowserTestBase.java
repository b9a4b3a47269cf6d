package io.gatehouse.admin.console.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** Runs a node with an admin token, an upstream, and a browser whose tab is new for each test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BrowserTestBase {
    static final String TOKEN = "the-token-of-the-console-test";

    private static final Path SCREENSHOTS = Path.of("target/ci/console");

    Gatehouse gatehouse;
    Upstream upstream;
    Browser browser;

    @BeforeAll
    void startNode() throws IOException {
        assumeTrue(Browser.missing().isEmpty(), () -> Browser.missing().orElse("") + " is not installed");
        upstream = Upstream.start();
        gatehouse = Gatehouse.start(withToken(Gatehouse.config(TestDatabase.create(), List.of())));
        browser = Browser.start();
    }

    @AfterAll
    void stopNode() {
        if (browser != null) {
            browser.close();
        }
        if (gatehouse != null) {
            gatehouse.close();
            upstream.close();
        }
    }

    /** The session of the tab, and the size and scheme of a test before, must not affect a test. */
    @BeforeEach
    void newTab() {
        browser.viewport(1280, 900);
        browser.scheme("light");
        browser.open(console(""));
        browser.run("sessionStorage.clear()");
        browser.open("about:blank");
        browser.errors();
    }

    @AfterEach
    void noErrors() {
        if (browser != null) {
            // The browser also logs error responses of the Admin API, which the page shows.
            assertThat(browser.errors())
                    .filteredOn(error -> error.contains("/console/") || !error.contains("Failed to load resource"))
                    .isEmpty();
        }
    }

    private static GatehouseConfig withToken(GatehouseConfig config) {
        return Gatehouse.withAdmin(
                config,
                new AdminConfig(new ListenAddress("127.0.0.1", 0), Duration.ofSeconds(5), List.of(TOKEN), false, null));
    }

    String console(String page) {
        return gatehouse.adminUrl("/console/" + page);
    }

    /** Opens a page in a tab that is signed in. */
    Browser signedIn(String page) {
        // The 401 of a page that is still loading would remove the token.
        browser.open(console("")).see("Gatehouse");
        browser.run("sessionStorage.setItem('gatehouse.admin-token', arguments[0])", TOKEN);
        browser.open(console(page));
        return browser;
    }

    Reply admin(String method, String path, Map<String, Object> body) {
        return Http.send(Http.json(method, gatehouse.adminUrl(path), new JsonObject(body).encode())
                .header("Authorization", "Bearer " + TOKEN));
    }

    JsonObject get(String path) {
        return Http.send(Http.get(gatehouse.adminUrl(path), "Authorization", "Bearer " + TOKEN))
                .isStatus(200)
                .json();
    }

    /** Creates or replaces an entity. */
    JsonObject put(String path, Map<String, Object> body) {
        return admin("PUT", path, body).isStatus(200).json();
    }

    /** Creates the Route {@code /api} that needs a token, and the Consumer {@code alex} without an application. */
    void protectApi() {
        put("/services/api", Map.of("url", "http://127.0.0.1:" + upstream.port()));
        put("/services/api/routes/api", Map.of("paths", List.of("/api")));
        admin(
                        "POST",
                        "/services/api/plugins",
                        Map.of("name", "oauth2", "config", Map.of("enable_client_credentials", true)))
                .isStatus(201);
        put("/consumers/alex", Map.of());
    }

    void screenshot(String name) {
        browser.screenshot(SCREENSHOTS.resolve(name + ".png"));
    }
}
