package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.admin.http.AdminErrorResponder;
import io.vertx.core.json.JsonObject;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Tests plugins, whose config depends on the schema of the plugin. */
class PluginsTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @AfterEach
    void removePlugins() {
        node.get("/plugins").data().forEach(plugin -> node.delete("/plugins/" + plugin.getString("id")));
    }

    private static Map<String, Object> oauth2(Map<String, Object> config) {
        return Map.of("name", "oauth2", "config", config);
    }

    @Test
    void theConfigIsCompletedByThePluginsDefaults() {
        JsonObject config = node.post("/plugins", oauth2(Map.of("enable_password_grant", true)))
                .json()
                .getJsonObject("config");
        assertThat(config.remove("provision_key")).asString().matches("[A-Za-z0-9]{32}");
        assertThat(config)
                .isEqualTo(new JsonObject()
                        .putNull("scopes")
                        .put("mandatory_scope", false)
                        .put("token_expiration", 7200)
                        .put("enable_authorization_code", false)
                        .put("enable_implicit_grant", false)
                        .put("enable_client_credentials", false)
                        .put("enable_password_grant", true)
                        .put("hide_credentials", false)
                        .put("accept_http_if_already_terminated", false)
                        .putNull("anonymous")
                        .put("global_credentials", false)
                        .put("auth_header_name", "authorization")
                        .put("refresh_token_ttl", 1_209_600)
                        .put("reuse_refresh_token", false)
                        .put("pkce", "lax")
                        .putNull("realm")
                        .putNull("required_scopes")
                        .put("failed_secrets_per_minute", 30)
                        .put("refresh_token_grace", 10)
                        .put("enable_introspection", false)
                        .put("enable_revocation", false)
                        .put("conformance", "kong")
                        .putNull("issuer")
                        .putNull("authorization_endpoint")
                        .putNull("introspection_clients")
                        .put("enable_client_assertions", false)
                        .put("enable_par", false)
                        .put("enable_device_authorization", false)
                        .putNull("verification_uri")
                        .put("enable_dpop", false)
                        .put("enable_mtls", false)
                        .putNull("mtls_ca_certificates")
                        .putNull("mtls_url")
                        .put("enable_client_registration", false)
                        .putNull("registration_token")
                        .putNull("registration_consumer")
                        .put("registration_limit", 1_000)
                        .put("registrations_per_minute", 10));
    }

    @Test
    void patchMergesTheConfigAndThenChecksAllOfIt() {
        Reply created =
                node.post("/plugins", oauth2(Map.of("enable_client_credentials", true, "scopes", List.of("a", "b"))));
        String path = "/plugins/" + created.id();

        JsonObject config = node.patch(path, Map.of("config", Map.of("scopes", List.of("c"), "realm", "r")))
                .json()
                .getJsonObject("config");
        assertThat(config.getJsonArray("scopes")).containsExactly("c");
        assertThat(config.getString("realm")).isEqualTo("r");
        assertThat(config.getBoolean("enable_client_credentials")).isTrue();
        assertThat(config.getString("provision_key"))
                .isEqualTo(created.json().getJsonObject("config").getString("provision_key"));

        Reply unset = node.patch(path, new JsonObject().put("config", new JsonObject().putNull("scopes")));
        assertThat(unset.json().getJsonObject("config").getValue("scopes")).isNull();

        Reply refused = node.patch(path, Map.of("config", Map.of("enable_client_credentials", false)));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message())
                .isEqualTo("schema violation (config: at least one of these fields must be true:"
                        + " enable_authorization_code, enable_implicit_grant, enable_client_credentials,"
                        + " enable_password_grant)");
        assertThat(refused.json().getJsonObject("fields").getString("config")).startsWith("at least one of");
    }

    @Test
    void putKeepsTheGeneratedProvisionKeyThatTheClientOmits() {
        Reply created = node.post("/plugins", oauth2(Map.of("enable_implicit_grant", true, "realm", "r")));

        Reply put = node.put("/plugins/" + created.id(), oauth2(Map.of("enable_implicit_grant", true)));

        JsonObject config = put.json().getJsonObject("config");
        assertThat(config.getString("provision_key"))
                .isEqualTo(created.json().getJsonObject("config").getString("provision_key"));
        assertThat(config.getString("realm")).isNull();
        long version = node.catalogVersion();
        node.put("/plugins/" + created.id(), put.json());
        assertThat(node.catalogVersion())
                .as("decK's second sync changes nothing")
                .isEqualTo(version);
    }

    @Test
    void aPluginIsUniqueAtOnePlace() {
        node.post("/plugins", oauth2(Map.of("enable_implicit_grant", true)));
        Reply second = node.post("/plugins", oauth2(Map.of("enable_implicit_grant", true)));
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.json())
                .isEqualTo(new JsonObject()
                        .put("code", 5)
                        .put("name", "unique constraint violation")
                        .put(
                                "message",
                                "UNIQUE violation detected on '{name=\"oauth2\",service=null,route=null,consumer=null}'")
                        .put(
                                "fields",
                                new JsonObject()
                                        .put("name", "oauth2")
                                        .putNull("service")
                                        .putNull("route")
                                        .putNull("consumer")));
    }

    @Test
    void aRuleOfTwoFieldsNamesBoth() {
        Reply scopes = node.post("/plugins", oauth2(Map.of("enable_implicit_grant", true, "mandatory_scope", true)));
        assertThat(scopes.json().getJsonObject("fields").getJsonObject("config"))
                .isEqualTo(new JsonObject()
                        .put(
                                "@entity",
                                new io.vertx.core.json.JsonArray()
                                        .add("failed conditional validation given value of field 'mandatory_scope'"))
                        .put("scopes", "required field missing"));
        assertThat(scopes.message()).startsWith("2 schema violations (");

        Reply jwt = node.post("/plugins", Map.of("name", "jwt", "config", Map.of("maximum_expiration", 60)));
        assertThat(jwt.json().getJsonObject("fields"))
                .isEqualTo(new JsonObject()
                        .put(
                                "@entity",
                                new io.vertx.core.json.JsonArray()
                                        .add("failed conditional validation given value of field"
                                                + " 'config.maximum_expiration'"))
                        .put("config", new JsonObject().put("claims_to_verify", "expected to contain: exp")));
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
    void anUnknownPluginIsNotEnabled() {
        Reply refused = node.post("/plugins", Map.of("name", "nope"));
        assertThat(refused.message())
                .isEqualTo("schema violation (name: plugin 'nope' not enabled;"
                        + " add it to the 'plugins' configuration property)");
    }

    /** As in Kong, whose plugin determines the other fields. */
    @ParameterizedTest
    @ValueSource(strings = {"grpc-gateway", "pre-function", "acme", "aws-lambda", "azure-functions", "ai-proxy"})
    void theConfigOfAnUnknownPluginIsNotChecked(String name) {
        Reply refused = node.post(
                "/plugins", Map.of("name", name, "config", Map.of("proto", "/a.proto"), "enabled", 5, "nope", true));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().getJsonObject("fields").fieldNames()).containsExactly("name");
        assertThat(refused.message())
                .isEqualTo("schema violation (name: plugin '" + name + "' not enabled;"
                        + " add it to the 'plugins' configuration property)");
    }

    @Test
    void theLogNamesTheInstalledPlugins_whenARequestNamesAnotherOne() {
        Logger log = (Logger) LoggerFactory.getLogger(AdminErrorResponder.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try {
            node.post("/plugins", Map.of("name", "no\npe"));
        } finally {
            log.detachAppender(lines);
        }
        assertThat(lines.list)
                .map(ILoggingEvent::getFormattedMessage)
                .anySatisfy(line -> assertThat(line)
                        .contains("plugin 'no pe' not enabled", "acl, basic-auth, bot-detection", "session", "zipkin")
                        .doesNotContain("\n", "grpc-gateway"));
    }

    @Test
    void oauth2IsNotForConsumers() {
        String consumer = node.put("/consumers/alex", Map.of()).id();
        Reply refused = node.post("/consumers/alex/plugins", oauth2(Map.of("enable_client_credentials", true)));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().getJsonObject("fields").getString("consumer")).isEqualTo("value must be null");
        node.delete("/consumers/" + consumer);
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
                                                                new io.vertx.core.json.JsonArray()
                                                                        .addNull()
                                                                        .add("expected a string"))
                                                        .put("token_expiration", "expected a number"))
                                        .put("enabled", "expected a boolean")));
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
