package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.admin.http.AdminErrorResponder;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Tests how plugins are created and changed, and which plugins are installed. */
class PluginsTest extends PluginsFixture {
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
                        .put("enable_token_exchange", false)
                        .putNull("token_exchange_clients")
                        .put("enable_jwt_access_tokens", false)
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

    /** The defaults of Kong's ip-restriction, as a dump of it contains them. */
    @Test
    void aPluginThatKongRunsOnConnectionsMayNameTheirProtocols() {
        JsonObject restriction = new JsonObject()
                .put("name", "ip-restriction")
                .put("protocols", new JsonArray(List.of("grpc", "grpcs", "http", "https", "tcp", "tls")))
                .put("config", new JsonObject().put("allow", new JsonArray().add("10.0.0.0/8")));

        Reply created = node.post("/plugins", restriction);

        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.json().getJsonArray("protocols")).isEqualTo(restriction.getJsonArray("protocols"));
        Reply alone = node.patch("/plugins/" + created.id(), Map.of("protocols", List.of("tcp")));
        assertThat(alone.status()).isEqualTo(400);
        assertThat(alone.message()).contains("no plugin runs on connections");
        assertThat(node.patch("/plugins/" + created.id(), Map.of("protocols", List.of("smtp")))
                        .message())
                .contains("expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp");
        assertThat(node.post("/plugins", Map.of("name", "key-auth", "protocols", List.of("http", "tcp")))
                        .message())
                .isEqualTo("schema violation (protocols.2: expected one of: grpc, grpcs, http, https)");
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
                                "UNIQUE violation detected on '{consumer=null,name=\"oauth2\",route=null,service=null}'")
                        .put(
                                "fields",
                                new JsonObject()
                                        .put("name", "oauth2")
                                        .putNull("service")
                                        .putNull("route")
                                        .putNull("consumer")));
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
}
