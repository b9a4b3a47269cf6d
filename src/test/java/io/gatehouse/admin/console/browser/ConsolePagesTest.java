package io.gatehouse.admin.console.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Looks at every page of the console: its width, its accessibility by axe-core, and both colour schemes. Takes the screenshots. */
@Tag("browser")
class ConsolePagesTest extends BrowserTestBase {
    private static final String AXE = "META-INF/resources/webjars/axe-core/";
    private static final List<String> SERIOUS = List.of("serious", "critical");

    private static final String TAB = "\uE004";
    private static final String CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex='0']";

    /** Collects the visible controls, and removes each one that receives the focus. Returns their number. */
    private static final String FOLLOW_THE_FOCUS = """
            window.missed = new Set([...document.querySelectorAll(arguments[0])]
                .filter((one) => !one.disabled && one.checkVisibility()));
            window.unmarked = [];
            document.addEventListener('focusin', ({ target }) => {
              window.missed.delete(target);
              setTimeout(() => {
                if (document.activeElement === target && getComputedStyle(target).outlineStyle === 'none') {
                  window.unmarked.push(target.outerHTML.slice(0, 200));
                }
              });
            });
            return window.missed.size""";

    /** Addresses by the name of the screenshot. */
    private final Map<String, String> pages = new LinkedHashMap<>();

    @BeforeAll
    void fill() {
        if (browser == null) {
            return;
        }
        String service = put(
                        "/services/orders",
                        Map.of("url", "http://127.0.0.1:" + upstream.port(), "tags", List.of("shop")))
                .getString("id");
        String route = put(
                        "/services/orders/routes/orders",
                        Map.of("paths", List.of("/orders"), "methods", List.of("GET", "POST")))
                .getString("id");
        String plugin = admin(
                        "POST",
                        "/services/orders/plugins",
                        Map.of(
                                "name",
                                "oauth2",
                                "config",
                                Map.of("enable_client_credentials", true, "scopes", List.of("email"))))
                .isStatus(201)
                .json()
                .getString("id");
        String consumer = put("/consumers/alex", Map.of("custom_id", "a-1")).getString("id");
        String application = put(
                        "/consumers/alex/oauth2/shop-app", Map.of("name", "Shop app", "client_secret", "shop-secret"))
                .getString("id");
        String upstreamId = put("/upstreams/orders.upstream", Map.of()).getString("id");
        admin("POST", "/upstreams/orders.upstream/targets", Map.of("target", "127.0.0.1:" + upstream.port()))
                .isStatus(201);
        gatehouse
                .token(
                        "/orders",
                        Map.of(
                                "grant_type", "client_credentials",
                                "client_id", "shop-app",
                                "client_secret", "shop-secret"))
                .isStatus(200);

        pages.put("overview", "");
        pages.put("services", "services");
        pages.put("service", "services/" + service);
        pages.put("service-edit", "services/" + service + "/edit");
        pages.put("routes", "routes");
        pages.put("route", "routes/" + route);
        pages.put("route-new", "routes/new?service=" + service);
        pages.put("plugins", "plugins");
        pages.put("plugin", "plugins/" + plugin);
        pages.put("plugin-choice", "plugins/new");
        pages.put("plugin-edit", "plugins/" + plugin + "/edit");
        pages.put("consumers", "consumers");
        pages.put("consumer", "consumers/" + consumer);
        pages.put("applications", "applications");
        pages.put("application", "applications/" + application);
        pages.put("application-new", "applications/new");
        pages.put("upstreams", "upstreams");
        pages.put("upstream", "upstreams/" + upstreamId);
        pages.put("target-new", "upstreams/" + upstreamId + "/new-target");
        pages.put("tokens", "tokens?application=" + application);
        pages.put("match", "match?url=http://api.example/orders/7");
        pages.put("try-choice", "try");
        pages.put("try", "try?route=" + route + "&application=" + application);
        pages.put("audit", "audit");
        pages.put("audit-of-plugin", "audit?entity=" + plugin);
        pages.put("missing", "no/such/page");
    }

    private void show(String name) {
        signedIn(pages.get(name));
        browser.miss("Loading");
        browser.miss("Contacting");
        browser.miss("Collecting");
    }

    @Test
    void everyPageFitsFromASmallPhoneToALargeScreen() {
        int[] widths = {320, 768, 1280, 3840};
        pages.keySet().forEach(name -> {
            show(name);
            for (int width : widths) {
                browser.viewport(width, width == 3840 ? 2160 : 900);
                assertThat(browser.run("return document.documentElement.scrollWidth <= window.innerWidth"))
                        .as("%s fits in %d px", name, width)
                        .isEqualTo(true);
                // On a smaller screen a table scrolls by itself.
                if (width >= 1280) {
                    assertThat(browser.run("return [...document.querySelectorAll('.table')]"
                                    + ".every((table) => table.scrollWidth <= table.clientWidth)"))
                            .as("the tables of %s fit in %d px", name, width)
                            .isEqualTo(true);
                }
                screenshot(name + "-" + width);
            }
            browser.viewport(1280, 900);
            browser.scheme("dark");
            screenshot(name + "-dark");
            browser.scheme("light");
        });
        System.out.println("console: " + pages.size() + " pages fit in " + widths.length + " widths");
    }

    @Test
    void noPageHasASeriousFindingOfAxe() throws IOException {
        String axe = axe();
        for (String scheme : List.of("light", "dark")) {
            for (String name : pages.keySet()) {
                browser.scheme(scheme);
                show(name);
                browser.run(axe);
                JsonArray violations = (JsonArray) browser.runAsync("const done = arguments[arguments.length - 1];"
                        + "axe.run(document, {resultTypes: ['violations']}).then((found) => done(found.violations.map((one) =>"
                        + " ({id: one.id, impact: one.impact, nodes: one.nodes.map((node) => node.html)}))),"
                        + " (failure) => done([{id: String(failure), impact: 'critical'}]))");
                assertThat(violations.stream()
                                .map(JsonObject.class::cast)
                                .filter(violation -> SERIOUS.contains(violation.getString("impact"))))
                        .as("findings on the page %s, %s", name, scheme)
                        .isEmpty();
            }
        }
        System.out.println(
                "console: " + pages.size() + " pages without a serious finding of axe-core in both colour schemes");
    }

    @Test
    void everyControlOfEveryPageIsReachedByTheTabKey_andIsMarked() {
        int controls = 0;
        for (String name : pages.keySet()) {
            show(name);
            int count = ((Number) browser.run(FOLLOW_THE_FOCUS, CONTROLS)).intValue();
            for (int i = 0; i < count + 3; i++) {
                browser.press(TAB);
            }
            assertThat(browser.run("return [...window.missed].map((one) => one.outerHTML.slice(0, 200)).join()"))
                    .as("controls of %s that the Tab key does not reach", name)
                    .isEqualTo("");
            assertThat(browser.run("return window.unmarked.join()"))
                    .as("controls of %s without a mark of the focus", name)
                    .isEqualTo("");
            controls += count;
        }
        System.out.println("console: the Tab key reaches " + controls + " controls of " + pages.size() + " pages");
    }

    private static String axe() throws IOException {
        ClassLoader loader = ConsolePagesTest.class.getClassLoader();
        Properties artifact = new Properties();
        try (InputStream file = loader.getResourceAsStream("META-INF/maven/org.webjars.npm/axe-core/pom.properties")) {
            artifact.load(file);
        }
        try (InputStream file = loader.getResourceAsStream(AXE + artifact.getProperty("version") + "/axe.min.js")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theLoginPageHasAScreenshot() {
        browser.open(console("")).see("Admin token");
        screenshot("login");
        browser.viewport(320, 640);
        screenshot("login-320");
    }

    @Test
    void aNarrowScreenShowsWhatNoOtherPageShows() {
        browser.viewport(320, 640);
        Map.of("tokens", "Created", "overview", "Requests in flight", "upstream", "Addresses")
                .forEach((name, column) -> {
                    show(name);
                    browser.see(column);
                });
    }
}
