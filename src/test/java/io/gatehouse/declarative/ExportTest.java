package io.gatehouse.declarative;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.testing.Pem;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests {@code ./gatehouse export}, and that its output can be imported. */
class ExportTest {
    private static StateApi api;

    @BeforeAll
    static void start() {
        api = new StateApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void theGatewayIsEmpty() throws StateException {
        api.run(StateApi.NOTHING);
    }

    @Test
    void anExportIsImportedWithoutChanges() throws StateException {
        api.run(api.file + """
                  keyauth_credentials:
                  - key: a-key
                  acls:
                  - group: staff
                upstreams:
                - name: example-upstream
                  slots: 100
                  healthchecks: {active: {healthy: {interval: 5}}}
                  targets:
                  - target: 10.0.0.1
                    weight: 5
                plugins:
                - name: cors
                """);
        api.gatehouse.create(
                "/certificates",
                new JsonObject()
                        .put("cert", Pem.read("rsa.pem"))
                        .put("key", Pem.read("rsa.key"))
                        .put("snis", List.of("a.test")));
        api.gatehouse.create("/routes", new JsonObject().put("hosts", List.of("nameless.test")));

        String exported = api.export();
        assertThat(api.run(exported).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 13");

        api.run(StateApi.NOTHING);
        assertThat(api.run(exported).summary()).isEqualTo("created 13, updated 0, deleted 0, unchanged 0");
        assertThat(api.export()).isEqualTo(exported);
    }

    @Test
    void anExportKeepsTheIdsThatOtherEntitiesReference() throws StateException {
        String certificate = api.gatehouse
                .create(
                        "/certificates",
                        new JsonObject().put("cert", Pem.read("rsa.pem")).put("key", Pem.read("rsa.key")))
                .getString("id");
        api.run(api.export() + """
                services:
                - {name: s, url: "https://h", client_certificate: %s}
                routes:
                - {name: r, paths: [/r]}
                plugins:
                - {name: cors, service: s, route: r}
                """.formatted(certificate));

        String exported = api.export();
        api.run(StateApi.NOTHING);

        assertThat(api.run(exported).summary()).isEqualTo("created 4, updated 0, deleted 0, unchanged 0");
        assertThat(api.run(exported).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 4");
    }

    @Test
    void anExportKeepsValuesThatAnImportWithoutThemWouldReplace() throws StateException {
        api.gatehouse.create(
                "/upstreams",
                new JsonObject().put("name", "even.test").put("hash_on", "ip").put("algorithm", "round-robin"));
        api.gatehouse.create(
                "/plugins",
                new JsonObject()
                        .put("name", "openid-connect")
                        .put(
                                "config",
                                new JsonObject()
                                        .put("issuer", "https://idp.example/")
                                        .putNull("upstream_access_token_header")));

        String exported = api.export();
        assertThat(api.run(exported).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 2");

        api.run(StateApi.NOTHING);
        assertThat(api.run(exported).changes()).hasSize(2);
        assertThat(api.export()).isEqualTo(exported);
        assertThat(api.gatehouse.admin("GET", "/upstreams/even.test").json().getString("algorithm"))
                .isEqualTo("round-robin");
    }

    @Test
    void anExportKeepsTheIdsThatListsAndConfigurationsName() throws StateException {
        String authority = create("/ca_certificates", new JsonObject().put("cert", Pem.read("authority.pem")));
        String partners = create("/consumers", new JsonObject().put("username", "partners"));
        create(
                "/services",
                new JsonObject().put("name", "s").put("url", "https://h").put("ca_certificates", List.of(authority)));
        JsonObject config = new JsonObject()
                .put("enable_authorization_code", true)
                .put("enable_mtls", true)
                .put("mtls_ca_certificates", List.of(authority))
                .put("enable_client_registration", true)
                .put("registration_consumer", partners);
        create("/services/s/plugins", new JsonObject().put("name", "oauth2").put("config", config));

        String exported = api.export();
        api.run(StateApi.NOTHING);

        assertThat(api.run(exported).summary()).isEqualTo("created 4, updated 0, deleted 0, unchanged 0");
        api.gatehouse.admin("GET", "/ca_certificates/" + authority).isStatus(200);
        api.gatehouse.admin("GET", "/consumers/" + partners).isStatus(200);
    }

    private static String create(String path, JsonObject entity) {
        return api.gatehouse.create(path, entity).getString("id");
    }

    @Test
    void anExportForKongHasIdsAndNamesWhatItLeavesOut() throws Exception {
        api.run(api.file.replace("scopes: [email, profile]", """
                scopes: [email]
                      required_scopes: [email]
                      conformance: rfc
                      refresh_token_grace: 10
                      enable_revocation: true"""));
        List<String> lost = new ArrayList<>();

        String exported = new Exporter(api.admin(), Exporter.Reader.KONG, lost::add).run();

        assertThat(exported).startsWith("_format_version: \"3.0\"\n");
        assertThat(exported)
                .doesNotContain("required_scopes", "conformance", "refresh_token_grace", "enable_revocation")
                .contains("global_credentials: true", "id: ");
        assertThat(lost)
                .containsExactlyInAnyOrder(
                        "plugins oauth2: left out config.required_scopes",
                        "plugins oauth2: left out config.conformance",
                        "plugins oauth2: left out config.enable_revocation",
                        "oauth2_credentials client: the secret is a hash; set a new one");
        assertThat(api.run(exported).changes()).containsExactly("updated plugins oauth2");
    }

    @Test
    void metadataOfAClient_isExportedBelowItAndNotToKong() throws StateException {
        api.run(api.file + """
                    oauth2_metadata:
                    - token_endpoint_auth_method: client_secret_post
                """);
        List<String> lost = new ArrayList<>();

        String exported = api.export();
        String forKong = new Exporter(api.admin(), Exporter.Reader.KONG, lost::add).run();

        assertThat(exported).contains("oauth2_metadata:", "token_endpoint_auth_method: client_secret_post");
        assertThat(api.run(exported).changes()).isEmpty();
        assertThat(forKong).doesNotContain("oauth2_metadata");
        assertThat(lost).anySatisfy(line -> assertThat(line).matches("oauth2_metadata [0-9a-f-]{36}: left out"));
    }

    @Test
    void secondSecretOfAClient_isExportedAsAHashAndNotToKong() throws StateException {
        api.run(api.file + """
                    oauth2_secrets:
                    - client_secret: the second secret
                """);
        List<String> lost = new ArrayList<>();

        String exported = api.export();
        String forKong = new Exporter(api.admin(), Exporter.Reader.KONG, lost::add).run();

        assertThat(exported).contains("oauth2_secrets:", "$pbkdf2-sha512$").doesNotContain("the second secret");
        assertThat(api.run(exported).changes()).isEmpty();
        assertThat(forKong).doesNotContain("oauth2_secrets");
        assertThat(lost).anySatisfy(line -> assertThat(line).matches("oauth2_secrets [0-9a-f-]{36}: left out"));
    }

    @Test
    void clientsThatHaveRegisteredThemselves_areCountedAndNotExported() throws StateException {
        api.run(api.file);
        create(
                "/consumers/alex/oauth2",
                new JsonObject()
                        .put("name", "registered")
                        .put("client_id", "by-itself")
                        .put("tags", List.of("dynamic-client-registration")));

        for (Exporter.Reader reader : Exporter.Reader.values()) {
            List<String> lost = new ArrayList<>();
            assertThat(new Exporter(api.admin(), reader, lost::add).run()).doesNotContain("by-itself");
            assertThat(lost).contains("oauth2_credentials: left out 1 that have registered themselves");
        }
    }

    @Test
    void anExportOfVaultsAndKeysIsImportedIntoAnEmptyGateway() throws StateException {
        String state = """
                _format_version: "3.0"
                vaults:
                - prefix: secrets
                  name: env
                  config:
                    prefix: APP_
                key_sets:
                - name: partners
                keys:
                - set:
                    name: partners
                  name: partner-key
                  kid: one
                  jwk: "{\\"kty\\":\\"oct\\",\\"k\\":\\"eA\\",\\"kid\\":\\"one\\"}"
                services:
                - name: shared
                  host: shared.example
                  routes:
                  - name: shared-route
                    paths:
                    - /shared
                plugins:
                - name: cors
                  route: shared-route
                  service: shared
                """;
        assertThat(api.run(state).changes()).hasSize(6);

        String exported = new Exporter(api.admin(), Exporter.Reader.GATEHOUSE, lost -> {}).run();

        // Keys are beside their sets, because decK does not nest them.
        assertThat(exported).contains("\nkeys:\n", "\nvaults:\n").doesNotContain("  keys:");
        api.run(StateApi.NOTHING);
        assertThat(api.run(exported).changes()).hasSize(6);
        assertThat(api.run(exported).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 6");
    }

    @Test
    void theErrorOfAnUnreachableGatewayNamesItsUrl() {
        assertThatThrownBy(() -> new Exporter(
                                new AdminClient("http://127.0.0.1:1", null), Exporter.Reader.GATEHOUSE, lost -> {})
                        .run())
                .hasMessageContaining("no response from the Admin API at http://127.0.0.1:1");
    }
}
