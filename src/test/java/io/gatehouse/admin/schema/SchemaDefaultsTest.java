package io.gatehouse.admin.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.entity.plugin.PluginSchema;
import io.gatehouse.entity.plugin.PluginSchemas;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.testing.DeckClient;
import io.gatehouse.testing.Pem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that entities completed with the defaults of {@code /schemas} equal responses, as decK requires (docs/reference/deck.md#schemas). */
class SchemaDefaultsTest {
    private static AdminNode node;
    private static String consumer;
    private static String credential;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        consumer = node.put("/consumers/alex", Map.of()).id();
        credential =
                node.put("/consumers/alex/oauth2/app", Map.of("name", "app")).id();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private record Wanted(EntitySchema schema, JsonObject entity) {}

    private static List<Wanted> entities() {
        JsonObject toConsumer = new JsonObject().put("id", consumer);
        JsonObject toCredential = new JsonObject().put("id", credential);
        JsonObject pair = new JsonObject().put("cert", Pem.read("rsa.pem")).put("key", Pem.read("rsa.key"));
        String certificate = node.post("/certificates", pair).id();
        String upstream = node.put("/upstreams/for-targets", Map.of()).id();
        Map<String, JsonObject> minimal = Map.ofEntries(
                Map.entry("services", new JsonObject().put("host", "h")),
                Map.entry("routes", new JsonObject().put("paths", new JsonArray().add("/p"))),
                Map.entry("consumers", new JsonObject().put("username", "u")),
                Map.entry(
                        "plugins",
                        new JsonObject()
                                .put("name", "oauth2")
                                .put("config", new JsonObject().put("enable_client_credentials", true))),
                Map.entry(
                        "oauth2_credentials", new JsonObject().put("name", "n").put("consumer", toConsumer)),
                Map.entry("oauth2_metadata", new JsonObject().put("credential", toCredential)),
                Map.entry("oauth2_secrets", new JsonObject().put("credential", toCredential)),
                Map.entry("oauth2_tokens", new JsonObject().put("expires_in", 5).put("credential", toCredential)),
                Map.entry("keyauth_credentials", new JsonObject().put("consumer", toConsumer)),
                Map.entry("jwt_secrets", new JsonObject().put("consumer", toConsumer)),
                Map.entry(
                        "hmacauth_credentials",
                        new JsonObject().put("consumer", toConsumer).put("username", "u")),
                Map.entry(
                        "basicauth_credentials",
                        new JsonObject()
                                .put("consumer", toConsumer)
                                .put("username", "u")
                                .put("password", "p")),
                Map.entry("acls", new JsonObject().put("group", "g").put("consumer", toConsumer)),
                Map.entry("certificates", pair),
                Map.entry(
                        "snis",
                        new JsonObject()
                                .put("name", "sni.test")
                                .put("certificate", new JsonObject().put("id", certificate))),
                Map.entry("vaults", new JsonObject().put("name", "env").put("prefix", "some-vault")),
                Map.entry("key_sets", new JsonObject().put("name", "some-set")),
                Map.entry(
                        "keys",
                        new JsonObject()
                                .put("kid", "k")
                                .put("jwk", "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\",\"kid\":\"k\"}")),
                Map.entry("ca_certificates", new JsonObject().put("cert", Pem.read("rsa.pem"))),
                Map.entry("upstreams", new JsonObject().put("name", "some-upstream")),
                Map.entry(
                        "targets",
                        new JsonObject()
                                .put("target", "host:80")
                                .put("upstream", new JsonObject().put("id", upstream))));
        return EntitySchemas.all().stream()
                .map(schema -> new Wanted(schema, Objects.requireNonNull(minimal.get(schema.name()), schema.name())))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("entities")
    void defaultsOfTheSchemaEqualThoseOfTheResponse(Wanted wanted) {
        JsonArray fields = node.get("/schemas/" + wanted.schema().name()).json().getJsonArray("fields");
        boolean isTarget = wanted.schema().equals(EntitySchemas.TARGETS);
        Reply created = node.post(
                isTarget
                        ? "/upstreams/for-targets/targets"
                        : "/" + wanted.schema().path(),
                wanted.entity());
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        JsonObject answer = created.json();
        if (wanted.schema().equals(EntitySchemas.PLUGINS)) {
            // Its config has a schema of its own, below.
            answer.remove("config");
            wanted.entity().remove("config");
        }
        if (wanted.schema().equals(EntitySchemas.CA_CERTIFICATES)) {
            // Computed from the certificate; decK knows to leave it alone.
            answer.remove("cert_digest");
        }
        if (wanted.schema().equals(EntitySchemas.BASICAUTH_CREDENTIALS)) {
            // Its hash is shown, as in Kong.
            answer.remove("password");
            wanted.entity().remove("password");
        }
        assertThat(DeckClient.withoutNulls(DeckClient.fill(fields, wanted.entity(), answer)))
                .isEqualTo(DeckClient.withoutNulls(answer));
    }

    private static List<String> plugins() {
        return PluginSchemas.installed().stream().map(PluginSchema::name).toList();
    }

    @ParameterizedTest
    @MethodSource("plugins")
    void defaultsOfThePluginSchemaEqualThoseOfTheConfig(String name) {
        JsonObject server = new JsonObject().put("host", "h").put("port", 1);
        Map<String, JsonObject> minimal = Map.ofEntries(
                Map.entry("oauth2", new JsonObject().put("enable_client_credentials", true)),
                Map.entry("rate-limiting", new JsonObject().put("minute", 5)),
                Map.entry(
                        "response-ratelimiting",
                        new JsonObject()
                                .put("limits", new JsonObject().put("video", new JsonObject().put("minute", 5)))),
                Map.entry("acl", new JsonObject().put("allow", new JsonArray().add("staff"))),
                Map.entry("ip-restriction", new JsonObject().put("allow", new JsonArray().add("10.0.0.1"))),
                Map.entry("redirect", new JsonObject().put("location", "https://example.com")),
                Map.entry("standard-webhooks", new JsonObject().put("secret_v1", "s")),
                Map.entry("http-log", new JsonObject().put("http_endpoint", "http://h/")),
                Map.entry("opentelemetry", new JsonObject().put("traces_endpoint", "http://h/")),
                Map.entry("file-log", new JsonObject().put("path", "/dev/stdout")),
                Map.entry("tcp-log", server),
                Map.entry("udp-log", server),
                Map.entry("loggly", new JsonObject().put("key", "k")),
                Map.entry("proxy-cache", new JsonObject().put("strategy", "memory")),
                Map.entry("openid-connect", new JsonObject().put("issuer", "https://h/")),
                Map.entry(
                        "ldap-auth",
                        new JsonObject()
                                .put("ldap_host", "h")
                                .put("base_dn", "dc=h")
                                .put("attribute", "cn")));
        JsonObject config = minimal.getOrDefault(name, new JsonObject());
        JsonObject wanted = new JsonObject()
                .put("name", name)
                .put(
                        "service",
                        new JsonObject()
                                .put(
                                        "id",
                                        node.post("/services", Map.of("host", "h"))
                                                .id()))
                .put("config", config);
        JsonArray fields = node.get("/schemas/plugins/" + name).json().getJsonArray("fields");
        Reply created = node.post("/plugins", wanted);
        assertThat(created.status()).as(created.text()).isEqualTo(201);

        JsonObject filled = DeckClient.withoutNulls(DeckClient.fill(fields, wanted, created.json()));

        for (String field : List.of("config", "protocols")) {
            assertThat(filled.getValue(field))
                    .isEqualTo(DeckClient.withoutNulls(created.json()).getValue(field));
        }
    }
}
