package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that text which can become a header has no control characters. */
class ControlCharactersTest {
    private static final List<String> CONTROLS = List.of("\n", "\r\nX-Evil: 1", "\t", "\u001b", "\u007f", "\u0085");

    private static AdminNode node;
    private static String credential;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        node.put("/consumers/c", new JsonObject());
        node.put("/services/s", new JsonObject().put("host", "h.test"));
        credential = node.post("/consumers/c/oauth2", new JsonObject().put("name", "app"))
                .id();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /** Paths and documents in which {@code $} is replaced by the tested text. */
    static Stream<Arguments> fields() {
        return Stream.of(
                Arguments.of("/consumers", "{\"username\":\"$\"}", true),
                Arguments.of("/consumers", "{\"username\":\"with-id-\",\"custom_id\":\"$\"}", true),
                Arguments.of("/consumers", "{\"username\":\"tagged-\",\"tags\":[\"$\"]}", true),
                Arguments.of("/consumers/c/oauth2", "{\"name\":\"$\"}", true),
                Arguments.of("/consumers/c/oauth2", "{\"name\":\"n\",\"client_id\":\"$\"}", true),
                Arguments.of("/consumers/c/key-auth", "{\"key\":\"$\"}", true),
                Arguments.of("/consumers/c/jwt", "{\"key\":\"$\"}", true),
                Arguments.of("/consumers/c/acls", "{\"group\":\"$\"}", true),
                Arguments.of(
                        "/oauth2_tokens", "{\"credential\":{\"id\":\"@\"},\"expires_in\":1,\"scope\":\"$\"}", true),
                Arguments.of(
                        "/oauth2_tokens",
                        "{\"credential\":{\"id\":\"@\"},\"expires_in\":1,\"authenticated_userid\":\"$\"}",
                        true),
                Arguments.of("/routes", "{\"paths\":[\"/\"],\"headers\":{\"x-a\":[\"$\"]}}", true),
                Arguments.of("/routes", "{\"paths\":[\"/\"],\"headers\":{\"x$\":[\"a\"]}}", false),
                Arguments.of("/routes", "{\"hosts\":[\"a$.test\"]}", false),
                Arguments.of("/routes", "{\"paths\":[\"/$\"]}", true),
                Arguments.of("/services", "{\"host\":\"h$.test\"}", false),
                Arguments.of("/services", "{\"host\":\"h.test\",\"path\":\"/$\"}", true),
                Arguments.of("/services", "{\"host\":\"h.test\",\"name\":\"n$\"}", true),
                Arguments.of("/upstreams", "{\"name\":\"u.test\",\"host_header\":\"h$.test\"}", false),
                Arguments.of(
                        "/upstreams",
                        "{\"name\":\"v.test\",\"healthchecks\":{\"active\":{\"headers\":{\"x-a\":[\"$\"]}}}}",
                        true),
                plugin("oauth2", "{\"enable_client_credentials\":true,\"scopes\":[\"$\"]}", true),
                plugin("oauth2", "{\"enable_client_credentials\":true,\"realm\":\"$\"}", false),
                plugin("key-auth", "{\"realm\":\"$\"}", false),
                plugin("jwt", "{\"header_names\":[\"x$\"]}", false),
                plugin("acl", "{\"allow\":[\"$\"]}", true),
                plugin("acl", "{\"deny\":[\"$\"]}", true),
                plugin("cors", "{\"exposed_headers\":[\"$\"]}", true),
                plugin("cors", "{\"headers\":[\"$\"]}", true),
                plugin("correlation-id", "{\"header_name\":\"x$\"}", false),
                plugin("request-termination", "{\"content_type\":\"a/$\",\"body\":\"x\"}", true));
    }

    private static Arguments plugin(String name, String config, boolean takesOthers) {
        return Arguments.of(
                "/services/s/plugins", "{\"name\":\"" + name + "\",\"config\":" + config + "}", takesOthers);
    }

    private static Reply post(String path, String document, String text) {
        String quoted = new JsonArray().add(text).encode();
        String body = document.replace("@", credential).replace("$", quoted.substring(2, quoted.length() - 2));
        return node.send("POST", path, "application/json", body);
    }

    @ParameterizedTest
    @MethodSource("fields")
    void controlCharactersAreRejectedWhereTheTextCanBecomeAHeader(String path, String document, boolean takesOthers) {
        for (String control : CONTROLS) {
            Reply refused = post(path, document, "a" + control + "b");
            assertThat(refused.status()).as(refused.text()).isEqualTo(400);
            assertThat(refused.json().getInteger("code")).isEqualTo(2);
            assertThat(refused.json().getJsonObject("fields").isEmpty()).isFalse();
        }
        if (takesOthers && !path.equals("/routes") && !document.contains("\"path\"")) {
            assertThat(post(path, document, "用户").status()).isIn(201, 409);
        }
    }

    @Test
    void aGroupHasNoComma() {
        for (Reply refused : List.of(
                node.post("/consumers/c/acls", new JsonObject().put("group", "a, admins")),
                node.post(
                        "/services/s/plugins",
                        new JsonObject()
                                .put("name", "acl")
                                .put("config", new JsonObject().put("allow", List.of("a,b")))))) {
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.message()).contains("must not contain commas");
        }
    }
}
