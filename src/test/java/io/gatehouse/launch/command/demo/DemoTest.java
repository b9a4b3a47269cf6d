package io.gatehouse.launch.command.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.testing.Gatehouse;
import io.vertx.core.json.JsonArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The demo against a node that runs: what it prints, and that it leaves nothing behind. */
class DemoTest {
    private static Gatehouse gatehouse;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start();
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
    }

    private Demo demo(String admin) {
        return new Demo(
                admin,
                gatehouse.proxyUrl(""),
                gatehouse.secureUrl(""),
                null,
                new Transcript(new PrintStream(written, true, UTF_8), false, null));
    }

    @Test
    void demoPrintsEachRequestWithItsShortenedResponse() throws IOException {
        Demo demo = demo(gatehouse.adminUrl(""));
        assertThat(demo.isNodeThere()).isTrue();

        demo.run();

        String text = written.toString(UTF_8);
        assertThat(text)
                .contains("1. Protect an API", "6. Revoke the token")
                .contains("$ curl -s " + gatehouse.adminUrl("/services"))
                .contains("\"name\": \"demo-service\",", "\"scopes\": [\"email\",\"profile\"],")
                .contains("\"error_description\": \"The access token is missing\"")
                .contains("/demo/oauth2/token \\\n      -d 'grant_type=client_credentials&client_id=")
                .contains("\"x-consumer-username\": \"demo-alex\"", "204 No Content")
                .contains("\"error\": \"invalid_token\"")
                // Members that say nothing to a newcomer.
                .doesNotContain("connect_timeout", "https_redirect_status_code", "\u001b");
        assertThat(text.lines())
                .hasSizeLessThan(140)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(150));
    }

    @Test
    void demoDeletesWhatItCreated_andRunsAgain() throws IOException {
        demo(gatehouse.adminUrl("")).run();
        demo(gatehouse.adminUrl("")).run();

        for (String path : List.of("/services", "/routes", "/consumers", "/plugins", "/oauth2")) {
            assertThat(gatehouse.admin("GET", path).json().getJsonArray("data"))
                    .as(path)
                    .isEqualTo(new JsonArray());
        }
    }

    @Test
    void aKeptDemoServesItsApi_untilItIsClosed() throws IOException {
        try (Demo.Kept kept = demo(gatehouse.adminUrl("")).runAndKeep()) {
            assertThat(kept.api()).isEqualTo(gatehouse.proxyUrl("/demo"));
            String token = gatehouse.clientCredentialsToken(
                    "/demo",
                    gatehouse
                            .admin("GET", "/consumers/demo-alex/oauth2")
                            .json()
                            .getJsonArray("data")
                            .getJsonObject(0));
            gatehouse.getWithToken("/demo", token).isStatus(200);
        }
        gatehouse.get("/demo").isStatus(404);
        assertThat(gatehouse.admin("GET", "/consumers").json().getJsonArray("data"))
                .isEqualTo(new JsonArray());
    }

    @Test
    void demoNamesTheRequestThatFailed() {
        Demo demo = demo(gatehouse.adminUrl("/missing"));

        assertThat(demo.isNodeThere()).isFalse();
        assertThatThrownBy(demo::run)
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("/missing/services: expected 201 and got 404");
    }
}
