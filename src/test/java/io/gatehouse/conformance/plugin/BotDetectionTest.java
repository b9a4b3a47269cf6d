package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the bot-detection plugin against Kong 3.10. */
class BotDetectionTest {
    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Reply as(String agent, String path) {
        return api.gatehouse.get(path, "User-Agent", agent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                "facebookexternalhit/1.1",
                "Scrapy/2.11 (+https://scrapy.org)",
                "Python-urllib/3.12",
                "Aubot/1",
                "bot"
            })
    void robotsAreRejected(String agent) {
        as(agent, api.protectedBy("bot-detection", new JsonObject())).isMessage(403, "Forbidden");
    }

    @Test
    void browsersAndClientsWithoutAUserAgentPass() {
        String path = api.protectedBy("bot-detection", new JsonObject());
        as("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", path)
                .isStatus(200);
        as("curl/8.5.0", path).isStatus(200);
        as("Mozilla/5.0 (Linux; Android 9; CUBOT X30) AppleWebKit/537.36", path).isStatus(200);
        api.gatehouse.get(path).isStatus(200);
    }

    @Test
    void allowPrecedesDenyAndTheRobots() {
        String path = api.protectedBy(
                "bot-detection",
                new JsonObject()
                        .put("allow", List.of("Googlebot", "^Boto3/", "curl/8"))
                        .put("deny", List.of("curl", "Edg/\\d+")));
        as("Googlebot/2.1", path).isStatus(200);
        as("Boto3/1.34 md/Botocore#1.34", path).isStatus(200);
        as("curl/8.5.0", path).isStatus(200);
        as("curl/7.0", path).isStatus(403);
        as("Mozilla/5.0 Edg/12", path).isStatus(403);
    }

    @Test
    void severalUserAgentsAreRejected() {
        String path = api.protectedBy("bot-detection", new JsonObject());
        api.gatehouse
                .get(path, "User-Agent", "one", "User-Agent", "two")
                .isMessage(400, "Only one User-Agent header allowed");
    }

    @Test
    void expressionsAreSearchedForInTheFirst1024Characters() {
        String path = api.protectedBy("bot-detection", new JsonObject().put("deny", List.of("end")));
        as("x".repeat(1_021) + "end", path).isStatus(403);
        as("x".repeat(1_022) + "end", path).isStatus(200);
    }

    /** A rule of a robot looks at the end of the user agent, so that its place decides. */
    @Test
    void robotsAreRecognisedByTheFirst512Characters() {
        String path = api.protectedBy("bot-detection", new JsonObject());
        String name = " PTST/12";
        as("x".repeat(512 - name.length()) + name, path).isStatus(403);
        as("x".repeat(514 - name.length()) + name, path).isStatus(200);
    }

    @Test
    void anExpressionThatIsNoneIsRefused() {
        JsonObject plugin =
                new JsonObject().put("name", "bot-detection").put("config", new JsonObject().put("deny", List.of("(")));
        assertThat(api.gatehouse
                        .admin("POST", "/services" + api.open() + "/plugins", plugin)
                        .isStatus(400)
                        .text())
                .contains("invalid regex: '('");
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("bot-detection", new JsonObject());
    }
}
