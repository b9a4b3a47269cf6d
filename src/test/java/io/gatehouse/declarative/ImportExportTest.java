package io.gatehouse.declarative;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Pem;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests {@code ./gatehouse import} and {@code export} with the file of docs/reference/deck.md#example. */
class ImportExportTest {
    private static final String NOTHING = "_format_version: \"3.0\"\n";

    private static Gatehouse gatehouse;
    private static Upstream upstream;
    private static String file;

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start();
        upstream = Upstream.start();
        file = """
                _format_version: "3.0"
                services:
                - name: example-service
                  url: http://127.0.0.1:%d/anything
                  routes:
                  - name: example-route
                    paths: [/anything]
                    protocols: [http, https]
                  plugins:
                  - name: oauth2
                    config:
                      scopes: [email, profile]
                      global_credentials: true
                      enable_client_credentials: true
                consumers:
                - username: alex
                  oauth2_credentials:
                  - name: oauth2-app
                    client_id: client
                    client_secret: secret
                    hash_secret: true
                    redirect_uris: [http://localhost:8000/anything]
                """.formatted(upstream.port());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @BeforeEach
    void theGatewayIsEmpty() throws StateException {
        run(NOTHING);
    }

    private static AdminClient admin() {
        return new AdminClient(gatehouse.adminUrl(""), null);
    }

    private static Report run(String text) throws StateException {
        return new Importer(admin(), false, (done, all) -> {}).run(text);
    }

    private static String export() throws StateException {
        return new Exporter(admin(), Exporter.Reader.GATEHOUSE, lost -> {}).run();
    }

    @Test
    void theSecondImportOfTheExampleChangesNothing() throws StateException {
        assertThat(run(file).changes())
                .containsExactly(
                        "created services example-service",
                        "created routes example-route",
                        "created consumers alex",
                        "created plugins oauth2",
                        "created oauth2_credentials client");
        JsonObject application = new JsonObject().put("client_id", "client").put("client_secret", "secret");
        String token = gatehouse.clientCredentialsToken("/anything", application);

        assertThat(run(file).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 5");
        gatehouse.getWithToken("/anything", token).isStatus(200);
    }

    @Test
    void importUpdatesDifferentEntitiesAndDeletesUnlistedOnes() throws StateException {
        run(file);

        Report changed = run(file.replace("email, profile", "email"));
        assertThat(changed.changes()).containsExactly("updated plugins oauth2");
        assertThat(changed.unchanged()).isEqualTo(4);

        Report without = run(file.substring(0, file.indexOf("consumers:")));
        assertThat(without.changes())
                .containsExactly(
                        "updated plugins oauth2", "deleted oauth2_credentials client", "deleted consumers alex");
    }

    @Test
    void aDryRunReportsChangesWithoutSendingThem() throws StateException {
        Report report = new Importer(admin(), true, (done, all) -> {}).run(file);

        assertThat(report.changes()).hasSize(5);
        gatehouse.admin("GET", "/services/example-service").isStatus(404);
    }

    @Test
    void anExportIsImportedWithoutChanges() throws StateException {
        run(file + """
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
        gatehouse.create(
                "/certificates",
                new JsonObject()
                        .put("cert", Pem.read("rsa.pem"))
                        .put("key", Pem.read("rsa.key"))
                        .put("snis", List.of("a.test")));
        gatehouse.create("/routes", new JsonObject().put("hosts", List.of("nameless.test")));

        String exported = export();
        assertThat(run(exported).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 13");

        run(NOTHING);
        assertThat(run(exported).summary()).isEqualTo("created 13, updated 0, deleted 0, unchanged 0");
        assertThat(export()).isEqualTo(exported);
    }

    @Test
    void theSecondImportOfAPasswordChangesNothing() throws StateException {
        String state = NOTHING + """
                consumers:
                - username: alex
                  basicauth_credentials:
                  - {username: alex, password: alex-password}
                  hmacauth_credentials:
                  - {username: alex, secret: alex-secret}
                """;
        assertThat(run(state).changes()).hasSize(3);
        assertThat(run(state).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 3");
        assertThat(run(state.replace("alex-password", "new")).changes())
                .containsExactly("updated basicauth_credentials alex");

        // The exported hash is that of the stored password. Another gateway would take it for a password.
        List<String> lost = new ArrayList<>();
        String exported = new Exporter(admin(), Exporter.Reader.GATEHOUSE, lost::add).run();
        assertThat(lost)
                .containsExactly(
                        "basicauth_credentials alex: the password is a hash; set a new one in another gateway");
        assertThat(run(exported).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 3");
    }

    @Test
    void aConsumerWithOnlyACustomIdIsRecognised() throws StateException {
        String consumers = NOTHING + "consumers:\n- custom_id: c-1\n- username: u-2\n  custom_id: c-2\n";

        assertThat(run(consumers).changes()).containsExactly("created consumers c-1", "created consumers u-2");
        assertThat(run(consumers).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 2");
        assertThat(run(export()).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 2");

        assertThat(run(consumers.replace("- custom_id: c-1", "- {username: u-1, custom_id: c-1}"))
                        .changes())
                .containsExactly("updated consumers u-1");
        assertThat(run(consumers).changes()).containsExactly("updated consumers c-1");
    }

    @Test
    void consumersWithDifferentUsernamesAreDifferentAlsoIfACustomIdMoves() throws StateException {
        run(NOTHING + "consumers: [{username: b, custom_id: x}]\n");

        assertThat(new Importer(admin(), true, (done, all) -> {})
                        .run(NOTHING + "consumers: [{username: a, custom_id: x}, {username: b}]\n")
                        .changes())
                .containsExactly("created consumers a", "updated consumers b");
    }

    @Test
    void anExportKeepsTheIdsThatOtherEntitiesReference() throws StateException {
        String certificate = gatehouse
                .create(
                        "/certificates",
                        new JsonObject().put("cert", Pem.read("rsa.pem")).put("key", Pem.read("rsa.key")))
                .getString("id");
        run(export() + """
                services:
                - {name: s, url: "https://h", client_certificate: %s}
                routes:
                - {name: r, paths: [/r]}
                plugins:
                - {name: cors, service: s, route: r}
                """.formatted(certificate));

        String exported = export();
        run(NOTHING);

        assertThat(run(exported).summary()).isEqualTo("created 4, updated 0, deleted 0, unchanged 0");
        assertThat(run(exported).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 4");
    }

    @Test
    void anExportForKongHasIdsAndNamesWhatItLeavesOut() throws Exception {
        run(file.replace("scopes: [email, profile]", """
                scopes: [email]
                      required_scopes: [email]
                      conformance: rfc
                      refresh_token_grace: 10
                      enable_revocation: true"""));
        List<String> lost = new ArrayList<>();

        String exported = new Exporter(admin(), Exporter.Reader.KONG, lost::add).run();

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
        assertThat(run(exported).changes()).containsExactly("updated plugins oauth2");
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
        assertThat(run(state).changes()).hasSize(6);

        String exported = new Exporter(admin(), Exporter.Reader.GATEHOUSE, lost -> {}).run();

        // Keys are beside their sets, because decK does not nest them.
        assertThat(exported).contains("\nkeys:\n", "\nvaults:\n").doesNotContain("  keys:");
        run(NOTHING);
        assertThat(run(exported).changes()).hasSize(6);
        assertThat(run(exported).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 6");
    }

    @Test
    void withSelectTagsOtherEntitiesAreUnchanged() throws StateException {
        gatehouse.create("/consumers", new JsonObject().put("username", "other"));
        String ours = NOTHING + "_info: {select_tags: [ours]}\nconsumers:\n- username: ours\n";

        assertThat(run(ours).changes()).containsExactly("created consumers ours");
        assertThat(gatehouse.admin("GET", "/consumers/ours").json().getJsonArray("tags"))
                .containsExactly("ours");
        assertThat(run(NOTHING + "_info: {select_tags: [ours]}\n").changes()).containsExactly("deleted consumers ours");
        gatehouse.admin("GET", "/consumers/other").isStatus(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "services: [1, 2|not valid YAML",
                "services: {}|services must be a list",
                "services: [x]|each of services must have fields",
                "nonsense: []|there is no kind of entity called 'nonsense'",
                "services: [{name: s}]|services s: schema violation (host: required field missing)",
                "routes: [{paths: [/a]}]|a route needs a name or an id",
                "routes: [{name: r, paths: [/a], service: absent}]|'absent' is none of the services (in service)",
                "services: []\\nservices: []|not valid YAML",
                "services: [{name: s, host: a}, {name: s, host: b}]|two entries describe the same entity: services s"
            })
    void theErrorOfAnInvalidFileNamesThePlace(String wrong, String message) {
        assertThatThrownBy(() -> run(NOTHING + wrong.replace("\\n", "\n")))
                .isInstanceOf(StateException.class)
                .hasMessageContaining(message);
    }

    @Test
    void theErrorOfAnUnreachableGatewayNamesItsUrl() {
        assertThatThrownBy(() -> new Exporter(
                                new AdminClient("http://127.0.0.1:1", null), Exporter.Reader.GATEHOUSE, lost -> {})
                        .run())
                .hasMessageContaining("no response from the Admin API at http://127.0.0.1:1");
    }
}
