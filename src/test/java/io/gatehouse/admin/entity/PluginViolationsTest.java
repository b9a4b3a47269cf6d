package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the violations of the schema of a plugin and its config. */
class PluginViolationsTest extends PluginsFixture {
    @Test
    void aRuleOfTwoFieldsNamesBoth() {
        Reply scopes = node.post("/plugins", oauth2(Map.of("enable_implicit_grant", true, "mandatory_scope", true)));
        assertThat(scopes.json().getJsonObject("fields").getJsonObject("config"))
                .isEqualTo(new JsonObject()
                        .put(
                                "@entity",
                                new JsonArray()
                                        .add("failed conditional validation given value of field 'mandatory_scope'"))
                        .put("scopes", "required field missing"));
        assertThat(scopes.message()).startsWith("2 schema violations (");

        Reply jwt = node.post("/plugins", Map.of("name", "jwt", "config", Map.of("maximum_expiration", 60)));
        assertThat(jwt.json().getJsonObject("fields"))
                .isEqualTo(new JsonObject()
                        .put(
                                "@entity",
                                new JsonArray()
                                        .add("failed conditional validation given value of field"
                                                + " 'config.maximum_expiration'"))
                        .put("config", new JsonObject().put("claims_to_verify", "expected to contain: exp")));
    }

    @Test
    void severalViolationsAreNamedInOrderAndInTheShapeOfTheEntity() {
        Reply refused = node.post(
                "/plugins",
                Map.of(
                        "name", "oauth2",
                        "enabled", "yes",
                        "config", Map.of("scopes", List.of("good", 5), "token_expiration", "long", "nope", 1)));
        assertThat(refused.json())
                .isEqualTo(new JsonObject()
                        .put("code", 2)
                        .put("name", "schema violation")
                        .put(
                                "message",
                                "4 schema violations (config.nope: unknown field; config.scopes.2: expected a string;"
                                        + " config.token_expiration: expected a number; enabled: expected a boolean)")
                        .put(
                                "fields",
                                new JsonObject()
                                        .put(
                                                "config",
                                                new JsonObject()
                                                        .put("nope", "unknown field")
                                                        .put(
                                                                "scopes",
                                                                new JsonArray()
                                                                        .addNull()
                                                                        .add("expected a string"))
                                                        .put("token_expiration", "expected a number"))
                                        .put("enabled", "expected a boolean")));
    }

    @Test
    void aRequiredFieldOfAConfigCannotBeUnset() {
        JsonObject status = new JsonObject().putNull("status_code");
        Reply refused = node.post(
                "/plugins", new JsonObject().put("name", "request-termination").put("config", status));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).isEqualTo("schema violation (config.status_code: required field missing)");
        JsonObject key = new JsonObject().put("enable_implicit_grant", true).putNull("provision_key");
        JsonObject plugin = new JsonObject().put("name", "oauth2").put("config", key);
        assertThat(node.post("/plugins", plugin).message())
                .isEqualTo("schema violation (config.provision_key: required field missing)");
        String created = node.post("/plugins", oauth2(Map.of("enable_implicit_grant", true)))
                .id();
        assertThat(node.put("/plugins/" + created, plugin).status()).isEqualTo(400);
        assertThat(node.patch("/plugins/" + created, new JsonObject().put("config", key))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void oauth2IsNotForConsumers() {
        String consumer = node.put("/consumers/alex", Map.of()).id();
        Reply refused = node.post("/consumers/alex/plugins", oauth2(Map.of("enable_client_credentials", true)));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().getJsonObject("fields").getString("consumer")).isEqualTo("value must be null");
        node.delete("/consumers/" + consumer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"issuer", "authorization_endpoint"})
    void aUrlOfTheIssuerHasAtMost1024Characters(String field) {
        String longest = "https://id.test/" + "a".repeat(1_024 - "https://id.test/".length());
        Reply created = node.post("/plugins", oauth2(Map.of("enable_client_credentials", true, field, longest)));
        assertThat(created.status()).as(created.text()).isEqualTo(201);

        Reply refused = node.patch("/plugins/" + created.id(), Map.of("config", Map.of(field, longest + "a")));
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.json()
                        .getJsonObject("fields")
                        .getJsonObject("config")
                        .getString(field))
                .isEqualTo("length must be at most 1024");
    }

    @ParameterizedTest
    @ValueSource(strings = {"key-auth", "basic-auth", "hmac-auth", "jwt", "ldap-auth", "oauth2", "openid-connect"})
    void anonymousIsNoLongerThanAUsername(String plugin) {
        // Random: PostgreSQL compresses repeated text before it measures it.
        byte[] random = new byte[2_000];
        new Random(1).nextBytes(random);
        String text = HexFormat.of().formatHex(random);

        Reply refused = node.post("/plugins", Map.of("name", plugin, "config", Map.of("anonymous", text)));
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.json()
                        .getJsonObject("fields")
                        .getJsonObject("config")
                        .getString("anonymous"))
                .isEqualTo("length must be at most 512");

        Reply longest = node.post(
                "/plugins", Map.of("name", "key-auth", "config", Map.of("anonymous", "\ud83d\ude00".repeat(512))));
        assertThat(longest.status()).as(longest.text()).isEqualTo(201);
    }
}
