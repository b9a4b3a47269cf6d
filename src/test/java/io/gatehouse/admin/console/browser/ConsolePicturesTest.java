package io.gatehouse.admin.console.browser;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Takes the pictures of the README and the documentation. {@code .ci/console --write} copies them to {@code docs}. */
@Tag("browser")
class ConsolePicturesTest extends BrowserTestBase {
    private static final String SECRET = "shop-secret";
    /** Characters of the path of a chart with ten samples. */
    private static final int TEN_SAMPLES = 120;

    private String api(String name, String path) {
        put("/services/" + name, Map.of("url", "http://127.0.0.1:" + upstream.port(), "tags", List.of("shop")));
        return put(
                        "/services/" + name + "/routes/" + name,
                        Map.of("paths", List.of(path), "methods", List.of("GET", "POST")))
                .getString("id");
    }

    @Test
    void thePicturesAreTaken() {
        String orders = api("orders", "/orders");
        api("payments", "/payments");
        api("catalog", "/catalog");
        admin(
                        "POST",
                        "/services/orders/plugins",
                        Map.of(
                                "name",
                                "oauth2",
                                "config",
                                Map.of("enable_client_credentials", true, "scopes", List.of("email"))))
                .isStatus(201);
        String limit = admin(
                        "POST",
                        "/services/orders/plugins",
                        Map.of("name", "rate-limiting", "config", Map.of("minute", 60)))
                .isStatus(201)
                .json()
                .getString("id");
        put("/consumers/alex", Map.of());
        String application = put(
                        "/consumers/alex/oauth2/shop-app",
                        Map.of("name", "Shop app", "client_secret", SECRET, "hash_secret", true))
                .getString("id");
        admin(
                        "PATCH",
                        "/plugins/" + limit,
                        Map.of("config", Map.of("minute", 100, "redis", Map.of("password", "none-of-your-business"))))
                .isStatus(200);

        browser.viewport(1280, 800);
        signedIn("").see("Time to the last byte");
        await().atMost(90, SECONDS).until(() -> {
            for (String path : List.of("/catalog", "/payments", "/catalog", "/orders", "/nothing")) {
                gatehouse.get(path);
            }
            return ((Number) browser.run("const line = document.querySelector('path.line.good');"
                                    + "return line === null ? 0 : line.getAttribute('d').length"))
                            .intValue()
                    > TEN_SAMPLES;
        });
        screenshot("pictures/console-overview");

        signedIn("services").see("payments");
        screenshot("pictures/console-services");

        signedIn("match?url=http://api.example/orders/7").see("Plugins in the order");
        screenshot("pictures/console-match");

        gatehouse
                .token(
                        "/orders",
                        Map.of(
                                "grant_type", "client_credentials",
                                "client_id", "shop-app",
                                "client_secret", SECRET))
                .isStatus(200);
        signedIn("tokens?application=" + application).see("Tokens: 1");
        screenshot("pictures/console-tokens");

        signedIn("try?route=" + orders + "&application=" + application).see("Token for Shop app");
        browser.type("url", "https://localhost/orders/7").type("secret", SECRET).click("Get a token and call");
        browser.see("Response: 200").see("Bearer $TOKEN");
        browser.run("document.querySelector('.exchanges').scrollIntoView()");
        screenshot("pictures/console-try");

        signedIn("audit?entity=" + limit).see("config.redis.password");
        screenshot("pictures/console-audit");
    }
}
