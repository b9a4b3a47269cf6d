package io.gatehouse.launch.command.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.launch.command.demo.DemoClient.Request;
import io.gatehouse.launch.command.demo.DemoClient.Response;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TranscriptTest {
    private static final String TOKEN = "operators-only";

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Transcript transcript = transcript(false);

    private Transcript transcript(boolean colours) {
        return new Transcript(new PrintStream(written, true, UTF_8), colours, TOKEN);
    }

    private String written() {
        return written.toString(UTF_8);
    }

    @Test
    void requestIsOneCurlLine_whenItIsShort() {
        transcript.request(new Request("GET", "http://localhost:8000/demo", Map.of(), null));
        transcript.request(new Request("DELETE", "https://localhost:8443/demo", Map.of(), null));

        assertThat(written()).isEqualTo("""
                   $ curl -s http://localhost:8000/demo
                   $ curl -sk -X DELETE https://localhost:8443/demo
                """);
    }

    @Test
    void requestHasALineForEachOption_whenItIsLong() {
        transcript.request(new Request(
                "POST",
                "http://localhost:8001/services",
                Map.of("Content-Type", "application/json"),
                "{\"name\":\"demo-service\",\"url\":\"http://127.0.0.1:9000/it's\"}"));

        assertThat(written()).isEqualTo("""
                   $ curl -s http://localhost:8001/services \\
                      -H 'Content-Type: application/json' \\
                      -d '{"name":"demo-service","url":"http://127.0.0.1:9000/it'\\''s"}'
                """);
    }

    @Test
    void formNeedsNoHeader_becauseCurlSendsIt() {
        transcript.request(new Request(
                "POST", "https://localhost/token", Map.of("Content-Type", "application/x-www-form-urlencoded"), "a=b"));

        assertThat(written()).isEqualTo("   $ curl -sk https://localhost/token -d 'a=b'\n");
    }

    @Test
    void adminTokenIsPrintedAsItsVariable() {
        transcript.request(
                new Request("GET", "http://localhost:8001/", Map.of("Authorization", "Bearer " + TOKEN), null));

        assertThat(written())
                .contains("-H \"Authorization: Bearer $GATEHOUSE_ADMIN_TOKEN\"")
                .doesNotContain(TOKEN);
    }

    private static JsonObject service() {
        return new JsonObject()
                .put("name", "shop")
                .put("tags", null)
                .put("paths", new JsonArray().add("/a").add("/b"))
                .put("config", new JsonObject().put("scopes", new JsonArray()).put("ttl", 7));
    }

    @Test
    void responseIsPretty() {
        transcript.response(new Response(201, service()), List.of());

        assertThat(written()).isEqualTo("""
                   201 Created
                   {
                     "name": "shop",
                     "tags": null,
                     "paths": ["/a","/b"],
                     "config": {
                       "scopes": [],
                       "ttl": 7
                     }
                   }

                """);
    }

    @Test
    void responseIsShortenedToTheNamedMembers_withAMarkWhereSomeAreLeftOut() {
        transcript.response(new Response(200, service()), List.of("name", "config.ttl"));

        assertThat(written()).isEqualTo("""
                   200 OK
                   {
                     "name": "shop",
                     "config": {
                       "ttl": 7,
                       ...
                     },
                     ...
                   }

                """);
    }

    @Test
    void responseWithoutABodyIsItsStatus() {
        transcript.response(new Response(204, new JsonObject()), List.of());

        assertThat(written()).isEqualTo("   204 No Content\n\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u001b[31m", "\u009b31m", "\u007f", "\r", "\u0000"})
    void responseWritesNoControlCharacterToTheTerminal(String text) {
        transcript.response(new Response(200, new JsonObject().put(text, text)), List.of());

        assertThat(written().chars()).noneMatch(c -> Character.isISOControl(c) && c != '\n');
    }

    @Test
    void longValueIsCut() {
        transcript.response(new Response(200, new JsonObject().put("text", "x".repeat(5_000))), List.of());

        assertThat(written()).contains("xxx...").hasSizeLessThan(300);
    }

    @Test
    void printsColours_onlyWhenAskedTo() {
        print(transcript);
        String plain = written();
        written.reset();
        print(transcript(true));

        assertThat(plain).doesNotContain("\u001b");
        assertThat(written())
                .contains(
                        "\u001b[1m1. A step\u001b[0m",
                        "\u001b[32m200 OK\u001b[0m",
                        "\u001b[33m401 Unauthorized\u001b[0m");
        assertThat(written().replaceAll("\u001b\\[\\d+m", "")).isEqualTo(plain);
    }

    private static void print(Transcript transcript) {
        transcript.step("A step");
        transcript.request(new Request("GET", "http://localhost/", Map.of(), null));
        transcript.response(new Response(200, service()), List.of("name"));
        transcript.response(new Response(401, new JsonObject().put("error", "invalid_token")), List.of());
    }
}
