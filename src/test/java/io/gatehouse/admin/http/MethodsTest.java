package io.gatehouse.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the methods of endpoints, unknown paths and unusual request lines. */
class MethodsTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        node.put("/services/one", Map.of("host", "h"));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/services|GET, HEAD, OPTIONS, POST",
                "/services/x|DELETE, GET, HEAD, OPTIONS, PATCH, PUT",
                "/services/x/routes|GET, HEAD, OPTIONS, POST",
                "/routes/x/service|GET, HEAD, OPTIONS, PATCH, PUT",
                "/|GET, HEAD, OPTIONS",
                "/schemas/services/validate|OPTIONS, POST"
            })
    void optionsReturnsTheMethods(String path, String allow) {
        Reply options = node.send("OPTIONS", path);
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.text()).isEmpty();
        assertThat(options.header("Allow")).isEqualTo(allow);
        assertThat(options.header("Access-Control-Allow-Methods")).isEqualTo(allow);
        assertThat(options.header("Access-Control-Allow-Headers")).isEqualTo("Content-Type");

        Reply refused = node.send("PURGE", path);
        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.text()).isEqualTo("{\"message\":\"Method not allowed\"}");
        assertThat(refused.header("Allow")).isEqualTo(allow);
    }

    @Test
    void aLocalPageIsAccepted() {
        Reply options = node.sendWith("OPTIONS", "/services", "Origin", "http://localhost:8002");
        assertThat(options.header("Access-Control-Allow-Origin")).isEqualTo("http://localhost:8002");
        assertThat(options.header("Vary")).isEqualTo("Origin");
    }

    @Test
    void headReturnsTheHeadersOfGetWithoutABody() {
        Reply get = node.get("/services/one");
        Reply head = node.send("HEAD", "/services/one");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.text()).isEmpty();
        assertThat(head.header("Content-Length")).isEqualTo(get.header("Content-Length"));
        assertThat(node.send("HEAD", "/services/absent").status()).isEqualTo(404);
        assertThat(node.send("HEAD", "/services").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/services/one/nothing",
                "/services/one/routes/a/b",
                "//services",
                "/services//",
                "/consumer_groups",
                "/licenses",
                "/rbac/users",
                "/partials",
                "/workspaces/other",
                "/default/default",
                "/defaults"
            })
    void anUnknownPathIsNotFound(String path) {
        assertThat(node.get(path).status()).isEqualTo(404);
        assertThat(node.get(path).text()).isEqualTo("{\"message\":\"Not found\"}");
        assertThat(node.post(path, Map.of("a", "b")).status()).isEqualTo(404);
    }

    @Test
    void theIdOfThePathReplacesThatOfTheBody_unlessNoEntityCanHaveIt() {
        String path = "/services/0c61e199-ddb2-4e3a-9a6c-0d3c5f1d1a2b";
        Map<String, Object> other = Map.of("host", "h", "id", "1c61e199-ddb2-4e3a-9a6c-0d3c5f1d1a2b");

        assertThat(node.put(path, other).id()).isEqualTo("0c61e199-ddb2-4e3a-9a6c-0d3c5f1d1a2b");
        assertThat(node.put(path, Map.of("host", "h", "id", 1)).status()).isEqualTo(400);
        assertThat(node.put(path, Map.of("host", "h", "id", "x")).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%ff", "%00", "a%2"})
    void aKeyThatIsNotUtf8IsAnInvalidPrimaryKey(String key) {
        String answer = RawHttp.send(node.port(), "GET /services/" + key + " HTTP/1.1", "Host: localhost");
        assertThat(answer)
                .startsWith("HTTP/1.1 400")
                .contains("\"code\":1", "\"message\":\"invalid primary key: '" + key + "'\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OPTIONS * HTTP/1.1|404",
                "GET http://localhost/status HTTP/1.1|200",
                "GET /status?%zz HTTP/1.1|400",
                "GET /services?tags=%ff HTTP/1.1|400",
                "GET services HTTP/1.1|404"
            })
    void unusualRequestLinesGetAnErrorResponse(String line, int status) {
        assertThat(RawHttp.send(node.port(), line, "Host: localhost")).startsWith("HTTP/1.1 " + status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/services/円?x=🦍", "/services?tags=🦍", "/tags/🦍", "/services/%E5%86%86?tags=円"})
    void rawUtf8InATargetIsRead(String target) {
        node.put("/services/%E5%86%86", Map.of("host", "h", "tags", java.util.List.of("🦍", "円")));
        String answer = raw("GET " + target + " HTTP/1.1");
        assertThat(answer).startsWith("HTTP/1.1 200").contains("🦍");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/services?tags=\u00ff", "/services?\u00c3=x", "/services/\u00c3(", "/tags/\u00f0\u0080"})
    void rawBytesThatAreNotUtf8AreRejected(String target) {
        assertThat(RawHttp.sendBytes(
                        node.port(),
                        ("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)))
                .startsWith("HTTP/1.1 400");
    }

    private static String raw(String line) {
        return RawHttp.sendBytes(
                node.port(),
                (line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/services", "/services/one", "/status"})
    void traceIsNotAllowed(String path) {
        assertThat(raw("TRACE " + path + " HTTP/1.1"))
                .startsWith("HTTP/1.1 405")
                .containsPattern("Allow: (DELETE, )?GET, HEAD");
    }

    @ParameterizedTest
    @CsvSource({"GET,/services", "GET,/absent", "POST,/services", "OPTIONS,/services", "PURGE,/"})
    void everyResponseHasADate(String method, String path) {
        assertThat(node.send(method, path).header("Date")).endsWith(" GMT");
    }

    @Test
    void aHeadBeyondItsLimitIsRejected() {
        String answer = RawHttp.send(
                node.port(), "GET /status HTTP/1.1", "Host: localhost", "X-Filler: " + "x".repeat(33 * 1024));
        assertThat(answer).startsWith("HTTP/1.1 431");
        assertThat(RawHttp.send(
                        node.port(), "GET /status HTTP/1.1", "Host: localhost", "X-Filler: " + "x".repeat(30 * 1024)))
                .startsWith("HTTP/1.1 200");
    }

    private static List<EntitySchema> kindsWithAKey() {
        List<EntitySchema> kinds = new ArrayList<>(EntitySchemas.all());
        kinds.removeAll(List.of(
                EntitySchemas.CA_CERTIFICATES,
                EntitySchemas.ACLS,
                EntitySchemas.OAUTH2_METADATA,
                EntitySchemas.OAUTH2_SECRETS,
                EntitySchemas.TARGETS));
        return kinds;
    }

    @ParameterizedTest
    @MethodSource("kindsWithAKey")
    void aKeyMayNameAnEntity(EntitySchema kind) {
        Reply reply = node.get("/" + kind.path() + "/absent");
        assertThat(reply.status()).isEqualTo(404);
        Reply put = node.put("/" + kind.path() + "/absent", Map.of());
        assertThat(put.text()).doesNotContain("invalid primary key");
    }
}
