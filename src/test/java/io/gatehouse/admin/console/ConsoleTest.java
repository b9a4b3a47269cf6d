package io.gatehouse.admin.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.admin.http.RawHttp;
import io.gatehouse.store.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests how the admin listener serves the console. It has a token, which the files do not need. */
class ConsoleTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode(TestDatabase.create(), AdminNode.config("127.0.0.1", "s3cret"));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/console, console/",
        "/console/, ./",
        "/console/services, ./",
        "/console/services/, ../",
        "/console/services/4f2a/edit, ../../",
        "/console/1/2/3/4/5/6/7/8, ../../../../../../../"
    })
    void everyPathIsThePageWithTheBaseOfItsLinks(String path, String base) {
        Reply page = node.get(path);
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(page.text()).contains("<base href=\"" + base + "\">");
    }

    @Test
    void thePageHasNoInlineScriptOrStyle() {
        assertThat(node.get("/console").text())
                .doesNotContain("<style")
                .doesNotContain(" style=")
                .doesNotContainPattern("<script(?![^>]* src=)[^>]*>")
                .doesNotContainPattern(" on\\w+=");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/console", "/console/services/new", "/console/assets/app.js", "/console/assets/console.css"})
    void everyResponseRestrictsWhatThePageMayLoadAndWhichPageMayFrameIt(String path) {
        Reply reply = node.get(path);
        assertThat(reply.header("Content-Security-Policy"))
                .startsWith("default-src 'self';")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(reply.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(reply.header("Cache-Control")).isEqualTo("no-cache");
    }

    @ParameterizedTest
    @CsvSource({
        "assets/app.js, text/javascript; charset=utf-8",
        "assets/lib/preact.js, text/javascript; charset=utf-8",
        "assets/console.css, text/css; charset=utf-8",
        "assets/icon.svg, image/svg+xml"
    })
    void aFileHasItsMediaType(String name, String type) {
        Reply file = node.get("/console/" + name);
        assertThat(file.status()).isEqualTo(200);
        assertThat(file.header("Content-Type")).isEqualTo(type);
        assertThat(file.text()).isNotBlank();
    }

    @Test
    void aFileThatTheClientHasIsNotSentAgain() {
        Reply first = node.get("/console/assets/app.js");
        String tag = first.header("ETag");
        assertThat(tag).matches("\"[0-9a-f]{64}\"");
        for (String known : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
            Reply second = node.sendWith("GET", "/console/assets/app.js", "If-None-Match", known);
            assertThat(second.status()).as(known).isEqualTo(304);
            assertThat(second.text()).isEmpty();
            assertThat(second.header("ETag")).isEqualTo(tag);
            assertThat(second.header("Content-Security-Policy")).isNotEmpty();
        }
        assertThat(node.sendWith("GET", "/console/assets/app.js", "If-None-Match", "\"other\"")
                        .status())
                .isEqualTo(200);
        assertThat(node.get("/console/assets/api.js").header("ETag")).isNotEqualTo(tag);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/assets/",
                "/console/assets/nope.js",
                "/console/assets/app.js/",
                "/console/assets/App.js",
                "/console/assets//app.js",
                "/console/assets/..%2f..%2fgatehouse.properties",
                "/console/assets/%2e%2e/%2e%2e/gatehouse.properties",
                "/console/1/2/3/4/5/6/7/8/9"
            })
    void anUnknownFileIsNotFound(String path) {
        Reply reply = node.get(path);
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.text()).isEqualTo("{\"message\":\"Not found\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/assets/../../gatehouse.properties",
                "/console/assets/../files",
                "/console/assets/../../io/gatehouse/launch/Main.class",
                "/console/assets/lib/../../../db/migration/V1__gateway.sql"
            })
    void aPathOutsideOfTheConsoleNamesNoFile(String path) {
        assertThat(RawHttp.send(node.port(), "GET " + path + " HTTP/1.1", "Host: localhost"))
                .startsWith("HTTP/1.1 404")
                .endsWith("{\"message\":\"Not found\"}");
    }

    @Test
    void aPathThatOnlyBeginsWithTheNameIsOneOfTheAdminApi() {
        assertThat(node.get("/consoles").status()).isEqualTo(401);
        assertThat(node.get("/default/console").status()).isEqualTo(401);
    }

    @Test
    void theFilesNeedNoTokenButEveryDatumNeedsIt() {
        assertThat(node.get("/console").status()).isEqualTo(200);
        for (String path : List.of("/", "/services", "/endpoints", "/schemas/services", "/oauth2_tokens", "/status")) {
            assertThat(node.get(path).status()).as(path).isEqualTo(401);
        }
    }

    @Test
    void aPageOfAnotherOriginOrNameIsForbidden() {
        String page = "GET /console HTTP/1.1";
        assertThat(RawHttp.send(node.port(), page, "Host: localhost")).startsWith("HTTP/1.1 200");
        assertThat(RawHttp.send(node.port(), page, "Host: evil.example")).startsWith("HTTP/1.1 403");
        assertThat(RawHttp.send(node.port(), page, "Host: localhost", "Origin: http://evil.example"))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    void onlyGetAndHeadAreAllowed() {
        for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
            Reply reply = node.send(method, "/console/assets/app.js");
            assertThat(reply.status()).as(method).isEqualTo(405);
            assertThat(reply.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
        }
        Reply head = node.send("HEAD", "/console");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length"))
                .isEqualTo(Integer.toString(node.get("/console").text().length()));
        assertThat(head.text()).isEmpty();
        assertThat(node.send("OPTIONS", "/console").status()).isEqualTo(204);
    }
}
