package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Tests values that name a token or another entity: in the form of an id, and in malformed UTF-8. */
class TokenKeysTest {
    private static OAuthApi api;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void keyInTheFormOfAnId_isFoundAndDeletedByTheAdminApi() {
        String token = UUID.randomUUID().toString();
        importToken(token);
        api.call(token).isStatus(200);
        assertThat(api.gatehouse
                        .admin("GET", "/oauth2_tokens/" + token)
                        .isStatus(200)
                        .json()
                        .getString("access_token"))
                .isEqualTo(token);

        api.gatehouse.admin("DELETE", "/oauth2_tokens/" + token).isStatus(204);

        api.call(token).isStatus(401);
    }

    @TestFactory
    Stream<DynamicTest> malformedUtf8_namesNoToken_inTheQueryOfACall() {
        importToken("t\ufffd");
        return Stream.of("t%ff", "t%fe", "t%80")
                .map(token -> DynamicTest.dynamicTest(
                        token,
                        () -> api.gatehouse
                                .get(OAuthApi.PATH + "?access_token=" + token)
                                .isStatus(401)));
    }

    @TestFactory
    Stream<DynamicTest> everyKeyInTheFormOfAnId_isAKey() {
        record Row(String collection, String key, JsonObject more) {}
        return Stream.of(
                        new Row("/consumers", "username", new JsonObject()),
                        new Row("/consumers/alex/oauth2", "client_id", new JsonObject().put("name", "n")),
                        new Row("/consumers/alex/key-auth", "key", new JsonObject()),
                        new Row("/consumers/alex/jwt", "key", new JsonObject()),
                        new Row("/services", "name", new JsonObject().put("host", "h.test")),
                        new Row("/routes", "name", new JsonObject().put("paths", List.of("/q"))),
                        new Row("/upstreams", "name", new JsonObject()))
                .map(row -> DynamicTest.dynamicTest(row.toString(), () -> {
                    String key = UUID.randomUUID().toString();
                    JsonObject made =
                            api.gatehouse.create(row.collection, row.more.copy().put(row.key, key));
                    assertThat(api.gatehouse
                                    .admin("GET", row.collection + "/" + key)
                                    .isStatus(200)
                                    .json()
                                    .getString("id"))
                            .isEqualTo(made.getString("id"));
                    api.gatehouse
                            .admin("PATCH", row.collection + "/" + key, new JsonObject().put("tags", List.of("t")))
                            .isStatus(200);
                    api.gatehouse.admin("DELETE", row.collection + "/" + key).isStatus(204);
                    api.gatehouse.admin("GET", row.collection + "/" + key).isStatus(404);
                }));
    }

    private static String service() {
        return api.gatehouse.admin("GET", "/services/api").isStatus(200).json().getString("id");
    }

    private static void importToken(String token) {
        api.gatehouse.create(
                "/oauth2_tokens",
                new JsonObject()
                        .put("credential", new JsonObject().put("id", api.application.getString("id")))
                        .put("service", new JsonObject().put("id", service()))
                        .put("expires_in", 3600)
                        .put("access_token", token));
    }
}
