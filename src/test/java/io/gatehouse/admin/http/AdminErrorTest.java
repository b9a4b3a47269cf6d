package io.gatehouse.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Pem;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests every row of the table of errors over HTTP (docs/reference/admin-api.md#errors). */
class AdminErrorTest {
    private static final String ID = "6a1f8f9a-7f5b-4a49-9b1c-2f6a3b0c9d11";
    private static final String OTHER = "6a1f8f9a-7f5b-4a49-9b1c-2f6a3b0c9d22";
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        node.put("/services/" + ID, Map.of("name", "taken", "host", "h"));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /** TestCallLimitsTest has the two of test calls. */
    @ParameterizedTest
    @EnumSource(
            value = AdminError.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"TOO_MANY_CALLS", "NO_RESPONSE"})
    void everyErrorHasItsStatusAndText(AdminError error) throws Exception {
        Reply reply = switch (error) {
            case INVALID_PRIMARY_KEY -> node.get("/services/%FF");
            case SCHEMA_VIOLATION -> node.post("/services", Map.of("name", "x y"));
            case PRIMARY_KEY_VIOLATION -> node.post("/services", Map.of("id", ID, "host", "h"));
            case FOREIGN_KEY_VIOLATION ->
                node.post("/routes", Map.of("paths", List.of("/a"), "service", Map.of("id", OTHER)));
            case UNIQUE_VIOLATION -> node.post("/services", Map.of("name", "taken", "host", "h"));
            case ENTITY_NOT_FOUND -> node.patch("/services/absent", Map.of("host", "h"));
            case REFERENCED_BY_OTHERS -> ofAListedAuthority();
            case INVALID_OFFSET -> node.get("/services?offset=*");
            case INVALID_SIZE -> node.get("/services?size=*");
            case INVALID_UNIQUE -> node.put("/services/x%20y", Map.of());
            case INVALID_OPTIONS -> node.get("/services?tags=");
            case FOREIGN_KEYS_UNRESOLVED ->
                node.post("/routes", Map.of("paths", List.of("/a"), "service", Map.of("name", "x")));
            case BAD_REQUEST -> node.get("/consumers?custom_id=");
            case TOO_MANY_ARGUMENTS -> node.get("/services?" + "a=1&".repeat(1_001));
            case MALFORMED_BODY -> node.send("POST", "/services", "application/json", "{");
            case UNAUTHORIZED -> withToken();
            case FORBIDDEN -> node.sendWith("GET", "/", "Origin", "http://evil.example");
            case NOT_FOUND -> node.get("/services/absent");
            case METHOD_NOT_ALLOWED -> node.delete("/services");
            case BODY_TOO_LARGE ->
                node.send("POST", "/services", "application/json", new byte[BodyReader.MAX_BYTES + 1]);
            case UNSUPPORTED_MEDIA_TYPE -> node.send("POST", "/services", "text/plain", "x");
            case URI_TOO_LONG -> node.get("/" + "a".repeat(33 * 1024));
            case HEADERS_TOO_LARGE -> node.sendWith("GET", "/", "X-Large", "a".repeat(33 * 1024));
            case UNEXPECTED -> withoutATable();
            case DATABASE_UNAVAILABLE -> withoutADatabase();
            case NO_PROXY -> withoutAProxy();
            case TOO_MANY_STREAMS -> withAllStreamsOpen();
            case TOO_MANY_CALLS, NO_RESPONSE -> throw new AssertionError(error);
        };
        assertThat(reply.status()).isEqualTo(error.status());
        assertThat(reply.text()).isEqualTo(expected(error));
        assertThat(reply.header("X-Gatehouse-Request-Id")).hasSize(36);
    }

    private static Reply ofAListedAuthority() {
        node.put("/ca_certificates/" + OTHER, Map.of("cert", Pem.read("rsa.pem")));
        node.put("/services/" + OTHER, Map.of("url", "https://h", "ca_certificates", List.of(OTHER)));
        Reply refused = node.delete("/ca_certificates/" + OTHER);
        node.delete("/services/" + OTHER);
        return refused;
    }

    private static Reply withoutAProxy() {
        node.put("/upstreams/alone", Map.of());
        return node.get("/upstreams/alone/health");
    }

    private static Reply withAllStreamsOpen() {
        String path = "/gatehouse/figures";
        try (AdminNode full = new AdminNode()) {
            for (int i = 0; i < 32; i++) {
                full.openStream(path);
            }
            return full.get(path);
        }
    }

    private static String expected(AdminError error) {
        return switch (error) {
            case INVALID_PRIMARY_KEY ->
                coded(1, "invalid primary key", "invalid primary key: '%FF'").encode();
            case SCHEMA_VIOLATION ->
                coded(
                                2,
                                "schema violation",
                                "2 schema violations (host: required field missing; name: invalid value 'x y': the only"
                                        + " accepted ascii characters are alphanumerics or ., -, _, and ~)")
                        .put(
                                "fields",
                                new JsonObject()
                                        .put("host", "required field missing")
                                        .put(
                                                "name",
                                                "invalid value 'x y': the only accepted ascii characters are alphanumerics"
                                                        + " or ., -, _, and ~"))
                        .encode();
            case PRIMARY_KEY_VIOLATION ->
                coded(3, "primary key violation", "primary key violation on key '{id=\"" + ID + "\"}'")
                        .put("fields", new JsonObject().put("id", ID))
                        .encode();
            case FOREIGN_KEY_VIOLATION ->
                coded(
                                4,
                                "foreign key violation",
                                "the foreign key '{id=\"" + OTHER
                                        + "\"}' does not reference an existing 'services' entity.")
                        .put("fields", new JsonObject().put("service", new JsonObject().put("id", OTHER)))
                        .encode();
            case UNIQUE_VIOLATION ->
                coded(5, "unique constraint violation", "UNIQUE violation detected on '{name=\"taken\"}'")
                        .put("fields", new JsonObject().put("name", "taken"))
                        .encode();
            case ENTITY_NOT_FOUND ->
                coded(6, "not found", "could not find the entity with '{name=\"absent\"}'")
                        .put("fields", new JsonObject().put("name", "absent"))
                        .encode();
            case REFERENCED_BY_OTHERS ->
                coded(
                                19,
                                "referenced by others",
                                "ca certificate " + OTHER + " is still referenced by services (id = " + OTHER + ")")
                        .encode();
            case INVALID_OFFSET ->
                coded(7, "invalid offset", "'*' is not a valid offset: bad base64 encoding")
                        .encode();
            case INVALID_SIZE ->
                coded(9, "invalid size", "size must be a number").encode();
            case INVALID_UNIQUE ->
                coded(
                                10,
                                "invalid unique name",
                                "invalid value 'x y': the only accepted ascii characters are alphanumerics or ., -, _,"
                                        + " and ~")
                        .encode();
            case INVALID_OPTIONS ->
                coded(11, "invalid options", "invalid option (tags: cannot be null)")
                        .put("options", new JsonObject().put("tags", "cannot be null"))
                        .encode();
            case FOREIGN_KEYS_UNRESOLVED -> unresolved();
            case BAD_REQUEST -> message("custom_id must be an unempty string");
            case UNSUPPORTED_MEDIA_TYPE -> "";
            default -> message(error.text());
        };
    }

    private static String unresolved() {
        String text = "the foreign key cannot be resolved with '{name=\"x\"}' for an existing 'services' entity";
        return coded(13, "foreign keys unresolved", "foreign key unresolved (service.name: " + text + ")")
                .put("fields", new JsonObject().put("service", new JsonObject().put("name", text)))
                .encode();
    }

    private static JsonObject coded(int code, String name, String message) {
        return new JsonObject().put("code", code).put("name", name).put("message", message);
    }

    private static String message(String message) {
        return new JsonObject().put("message", message).encode();
    }

    private static Reply withToken() {
        try (AdminNode guarded = new AdminNode(TestDatabase.create(), AdminNode.config("127.0.0.1", "t"))) {
            return guarded.get("/");
        }
    }

    private static Reply withoutATable() throws SQLException {
        PostgresConfig config = TestDatabase.create();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + config.url(), config.user(), config.password());
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE consumers CASCADE");
        }
        try (AdminNode broken = new AdminNode(config, AdminNode.config("127.0.0.1", null))) {
            return broken.get("/consumers");
        }
    }

    private static Reply withoutADatabase() {
        try (AdminNode alone = new AdminNode(nowhere(), AdminNode.config("127.0.0.1", null))) {
            Reply reply = alone.get("/services");
            assertThat(reply.header("Retry-After")).isEqualTo("5");
            assertThat(alone.get("/status").json().getJsonObject("database").getBoolean("reachable"))
                    .isFalse();
            assertThat(alone.get("/schemas/services").status()).isEqualTo(200);
            return reply;
        }
    }

    private static PostgresConfig nowhere() {
        return new PostgresConfig("postgresql://127.0.0.1:" + FreePort.next() + "/x", "u", "p", 2);
    }

    @Test
    void anUnexpectedFailureDoesNotRevealItsCause() throws SQLException {
        assertThat(withoutATable().text()).isEqualTo("{\"message\":\"An unexpected error occurred\"}");
    }
}
