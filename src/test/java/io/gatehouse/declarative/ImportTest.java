package io.gatehouse.declarative;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.testing.Pem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests {@code ./gatehouse import} with the file of docs/reference/deck.md#example. */
class ImportTest {
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
    void theSecondImportOfTheExampleChangesNothing() throws StateException {
        assertThat(api.run(api.file).changes())
                .containsExactly(
                        "created services example-service",
                        "created routes example-route",
                        "created consumers alex",
                        "created plugins oauth2",
                        "created oauth2_credentials client");
        JsonObject application = new JsonObject().put("client_id", "client").put("client_secret", "secret");
        String token = api.gatehouse.clientCredentialsToken("/anything", application);

        assertThat(api.run(api.file).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 5");
        api.gatehouse.getWithToken("/anything", token).isStatus(200);
    }

    @Test
    void importUpdatesDifferentEntitiesAndDeletesUnlistedOnes() throws StateException {
        api.run(api.file);

        Report changed = api.run(api.file.replace("email, profile", "email"));
        assertThat(changed.changes()).containsExactly("updated plugins oauth2");
        assertThat(changed.unchanged()).isEqualTo(4);

        Report without = api.run(api.file.substring(0, api.file.indexOf("consumers:")));
        assertThat(without.changes())
                .containsExactly(
                        "updated plugins oauth2", "deleted oauth2_credentials client", "deleted consumers alex");
    }

    @Test
    void aDryRunReportsChangesWithoutSendingThem() throws StateException {
        Report report = new Importer(api.admin(), true, (done, all) -> {}).run(api.file);
        assertThat(report.changes()).hasSize(5);
        api.gatehouse.admin("GET", "/services/example-service").isStatus(404);
    }

    @Test
    void theSecondImportOfAPasswordChangesNothing() throws StateException {
        String state = StateApi.NOTHING + """
                consumers:
                - username: alex
                  basicauth_credentials:
                  - {username: alex, password: alex-password}
                  hmacauth_credentials:
                  - {username: alex, secret: alex-secret}
                """;
        assertThat(api.run(state).changes()).hasSize(3);
        assertThat(api.run(state).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 3");
        assertThat(api.run(state.replace("alex-password", "new")).changes())
                .containsExactly("updated basicauth_credentials alex");

        // The exported hash is that of the stored password. Another gateway would take it for a password.
        List<String> lost = new ArrayList<>();
        String exported = new Exporter(api.admin(), Exporter.Reader.GATEHOUSE, lost::add).run();
        assertThat(lost)
                .containsExactly(
                        "basicauth_credentials alex: the password is a hash; set a new one in another gateway");
        assertThat(api.run(exported).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 3");
    }

    @Test
    void aChangedCertificateKeepsItsServerNames() throws StateException {
        String state = StateApi.NOTHING + "certificates:\n- cert: |\n" + indented("rsa.pem") + "  key: |\n"
                + indented("rsa.key") + "  tags: [old]\n  snis:\n  - {name: imported.test}\n";
        assertThat(api.run(state).changes()).hasSize(2);
        assertThat(api.run(state).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 2");

        assertThat(api.run(state.replace("[old]", "[new]")).summary())
                .isEqualTo("created 0, updated 1, deleted 0, unchanged 1");

        api.gatehouse.admin("GET", "/snis/imported.test").isStatus(200);
    }

    @Test
    void serverNamesInAListAreEntities() throws StateException {
        String state = StateApi.NOTHING + "certificates:\n- cert: |\n" + indented("rsa.pem") + "  key: |\n"
                + indented("rsa.key") + "  snis: [b.imported.test, a.imported.test]\n";
        assertThat(api.run(state).changes()).hasSize(3);

        assertThat(api.run(state).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 3");
        api.gatehouse.admin("GET", "/snis/b.imported.test").isStatus(200);
    }

    @Test
    void aListWithoutEntriesMayBeNull() throws StateException {
        assertThat(api.run(StateApi.NOTHING + "services:\n- name: s\n  host: h\n  routes:\n  plugins:\nroutes:\n")
                        .changes())
                .containsExactly("created services s");
    }

    private static String indented(String pem) {
        return Pem.read(pem).strip().indent(4);
    }

    @Test
    void aConsumerWithOnlyACustomIdIsRecognised() throws StateException {
        String consumers = StateApi.NOTHING + "consumers:\n- custom_id: c-1\n- username: u-2\n  custom_id: c-2\n";

        assertThat(api.run(consumers).changes()).containsExactly("created consumers c-1", "created consumers u-2");
        assertThat(api.run(consumers).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 2");
        assertThat(api.run(api.export()).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 2");

        assertThat(api.run(consumers.replace("- custom_id: c-1", "- {username: u-1, custom_id: c-1}"))
                        .changes())
                .containsExactly("updated consumers u-1");
        assertThat(api.run(consumers).changes()).containsExactly("updated consumers c-1");
    }

    @Test
    void anIdInUpperCaseIsThatOfTheSameEntity() throws StateException {
        String state = StateApi.NOTHING + """
                services:
                - {id: 3A7F3AD7-8A26-4C4C-9C5E-0F6A2F5A5F03, name: s, host: h}
                upstreams:
                - {id: 3A7F3AD7-8A26-4C4C-9C5E-0F6A2F5A5F04, name: u.test, targets: [{target: "10.0.0.1:80"}]}
                routes:
                - {name: r, paths: [/r], service: {id: 3A7F3AD7-8A26-4C4C-9C5E-0F6A2F5A5F03}}
                plugins:
                - {name: cors, service: 3A7F3AD7-8A26-4C4C-9C5E-0F6A2F5A5F03}
                """;

        assertThat(api.run(state).changes()).hasSize(5);
        assertThat(api.run(state).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 5");
        api.gatehouse.admin("GET", "/services/s").isStatus(200);
    }

    @Test
    void consumersWithDifferentUsernamesAreDifferentAlsoIfACustomIdMoves() throws StateException {
        api.run(StateApi.NOTHING + "consumers: [{username: b, custom_id: x}]\n");

        assertThat(new Importer(api.admin(), true, (done, all) -> {})
                        .run(StateApi.NOTHING + "consumers: [{username: a, custom_id: x}, {username: b}]\n")
                        .changes())
                .containsExactly("created consumers a", "updated consumers b");
    }

    @Test
    void withSelectTagsOtherEntitiesAreUnchanged() throws StateException {
        api.gatehouse.create("/consumers", new JsonObject().put("username", "other"));
        String ours = StateApi.NOTHING + "_info: {select_tags: [ours]}\nconsumers:\n- username: ours\n";

        assertThat(api.run(ours).changes()).containsExactly("created consumers ours");
        assertThat(api.gatehouse.admin("GET", "/consumers/ours").json().getJsonArray("tags"))
                .containsExactly("ours");
        assertThat(api.run(StateApi.NOTHING + "_info: {select_tags: [ours]}\n").changes())
                .containsExactly("deleted consumers ours");
        api.gatehouse.admin("GET", "/consumers/other").isStatus(200);
    }

    @Test
    void membersThatChangeNothingAreAccepted() throws StateException {
        String members = """
                _info:
                  defaults: {}
                  default_lookup_tags: {services: [theirs]}
                  select_tags: [ours]
                _workspace: default
                _transform: true
                _comment: ours
                """;
        assertThat(api.run(StateApi.NOTHING + members).changes()).isEmpty();
    }

    @Test
    void aReferenceWithSeveralMembersIsResolvedByItsName() throws StateException {
        String routes = "routes: [{name: referring, paths: [/x], service: {name: referenced, protocol: http}}]\n";
        String state = StateApi.NOTHING + "services: [{name: referenced, host: h}]\n" + routes;
        state += "plugins: [{name: key-auth, service: {name: referenced, id: ~}}]\n";
        assertThat(api.run(state).changes()).hasSize(3);
        assertThat(api.run(state).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 3");
    }

    @Test
    void aRejectedEntityIsNamedAndItsBatchChangesNothing() {
        api.gatehouse.create("/services", new JsonObject().put("name", "taken").put("host", "h"));
        String ours = StateApi.NOTHING + "_info: {select_tags: [ours]}\nservices:\n";

        assertThatThrownBy(
                        () -> api.run(ours + "- {name: a, host: h}\n- {name: taken, host: h}\n- {name: c, host: h}\n"))
                .isInstanceOf(StateException.class)
                .hasMessage("services taken: 409 UNIQUE violation detected on '{name=\"taken\"}'");
        api.gatehouse.admin("GET", "/services/a").isStatus(404);
        api.gatehouse.admin("GET", "/services/c").isStatus(404);
    }

    @Test
    void entitiesAreImportedInBatchesWithOneVersionEach() throws StateException {
        StringBuilder file = new StringBuilder(StateApi.NOTHING + "services:\n");
        for (int i = 0; i < 1_010; i++) {
            file.append("- {name: s-").append(i).append(", host: h}\n");
        }
        long version = version();

        assertThat(api.run(file.toString()).summary()).isEqualTo("created 1010, updated 0, deleted 0, unchanged 0");
        assertThat(version()).isEqualTo(version + 2);
        assertThat(api.run(file.toString()).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged 1010");
        assertThat(api.run(file.toString().replace("host: h", "host: i")).summary())
                .isEqualTo("created 0, updated 1010, deleted 0, unchanged 0");
        assertThat(version()).isEqualTo(version + 4);
    }

    /** A batch holds its locks while it hashes. A second secret is hashed by default. */
    @Test
    void aSecondSecretIsASingleRequest() throws StateException {
        api.run(api.file + """
                    oauth2_secrets:
                    - client_secret: the second secret
                """);

        JsonArray requests =
                api.gatehouse.admin("GET", "/audit/requests?size=20").json().getJsonArray("data");
        assertThat(requests.stream()
                        .map(JsonObject.class::cast)
                        .filter(request -> request.getJsonArray("changes")
                                .getJsonObject(0)
                                .getString("entity")
                                .equals("oauth2_secrets"))
                        .map(request -> request.getString("path")))
                .isNotEmpty()
                .noneMatch(path -> path.startsWith("/batches/"));
    }

    private static long version() {
        return Long.parseLong(String.valueOf(
                api.gatehouse.admin("DELETE", "/services/absent").header("X-Gatehouse-Catalog-Version")));
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
                "routes: [{paths: [/a]}]|each of routes needs name or id",
                "services: [{host: h}]|each of services needs name or id",
                "consumers: [{tags: [a]}]|each of consumers needs username, custom_id or id",
                "consumers: [{username: a, keyauth_credentials: [{tags: [a]}]}]|each of keyauth_credentials needs key or id",
                "consumers: [{username: a, jwt_secrets: [{algorithm: HS256}]}]|each of jwt_secrets needs key or id",
                "routes: [{name: r, paths: [/a], service: absent}]|'absent' is none of the services (in service)",
                "services: []\\nservices: []|not valid YAML",
                "_info: {select_tags: ours}|_info.select_tags must be a list of tags",
                "_info: {select_tags: []}|_info.select_tags must be a list of tags",
                "_info: {select_tags: [a/b]}|_info.select_tags must be a list of tags",
                "_info: {select_tags: [1]}|_info.select_tags must be a list of tags",
                "_info: {select_tag: [ours]}|_info.select_tag' is not supported",
                "_info: {defaults: {route: {strip_path: false}}}|_info.defaults' is not supported",
                "_info: [ours]|_info must have members",
                "_inf: {select_tags: [ours]}|_inf' is not supported",
                "_konnect: {control_plane_name: team}|_konnect' is not supported",
                "_workspace: team|_workspace must be \"default\"",
                "_transform: false|_transform must be true",
                "consumers: [{username: a, keyauth_credentials: [{key: \"${{ env }}\"}]}]|consumers.1.keyauth_credentials.1.key has a template",
                "services: [{name: s, host: a}, {name: s, host: b}]|two entries describe the same entity: services s"
            })
    void theErrorOfAnInvalidFileNamesThePlace(String wrong, String message) {
        assertThatThrownBy(() -> api.run(StateApi.NOTHING + wrong.replace("\\n", "\n")))
                .isInstanceOf(StateException.class)
                .hasMessageContaining(message);
    }
}
