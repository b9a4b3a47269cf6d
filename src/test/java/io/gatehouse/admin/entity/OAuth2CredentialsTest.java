package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.oauth.HashedSecret;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests OAuth 2.0 clients and their secrets (docs/reference/oauth2.md#entities). */
class OAuth2CredentialsTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        node.put("/consumers/alex", Map.of());
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Reply create(Map<String, Object> values) {
        Map<String, Object> credential = new LinkedHashMap<>(values);
        credential.putIfAbsent("name", "app");
        return node.post("/consumers/alex/oauth2", credential);
    }

    private static String secret(String id) {
        return node.get("/oauth2/" + id).json().getString("client_secret");
    }

    private static boolean matches(String phc, String secret) {
        return HashedSecret.parse(phc).orElseThrow().matches(secret);
    }

    @Test
    void idAndSecretAreGeneratedAndStayReadable() {
        Reply created = create(Map.of("redirect_uris", List.of("http://localhost:8000/anything")));
        assertThat(created.status()).isEqualTo(201);
        JsonObject app = created.json();
        assertThat(app.getString("client_id")).matches("[A-Za-z0-9]{32}");
        assertThat(app.getString("client_secret")).matches("[A-Za-z0-9]{32}");
        assertThat(app.getBoolean("hash_secret")).isFalse();
        assertThat(app.getString("client_type")).isEqualTo("confidential");
        assertThat(app.containsKey("updated_at")).isFalse();
        assertThat(node.get("/oauth2/" + app.getString("client_id")).json()).isEqualTo(app);
    }

    @Test
    void putWithoutIdAndSecretKeepsBoth() {
        JsonObject app = create(Map.of()).json();
        Map<String, Object> renamed = Map.of("name", "renamed", "consumer", Map.of("username", "alex"));
        Reply put = node.put("/oauth2/" + app.getString("id"), renamed);
        assertThat(put.status()).as(put.text()).isEqualTo(200);
        assertThat(put.json()).isEqualTo(app.copy().put("name", "renamed"));
    }

    @Test
    void aGeneratedSecretThatIsHashedIsShownOnceAndNeverAgain() {
        Reply created = create(Map.of("hash_secret", true));
        String clear = created.json().getString("client_secret");
        assertThat(clear).matches("[A-Za-z0-9]{32}");

        String stored = secret(created.id());
        assertThat(stored).startsWith("$pbkdf2-sha512$i=10000,l=32$");
        assertThat(matches(stored, clear)).isTrue();
        assertThat(node.patch("/oauth2/" + created.id(), Map.of("name", "x"))
                        .json()
                        .getString("client_secret"))
                .isEqualTo(stored);
    }

    @Test
    void aGivenSecretIsHashedAndAnImportedHashKept() {
        Reply given = create(Map.of("hash_secret", true, "client_secret", "secret"));
        String phc = given.json().getString("client_secret");
        assertThat(matches(phc, "secret")).isTrue();

        Reply imported = create(Map.of("hash_secret", true, "client_secret", phc));
        assertThat(imported.json().getString("client_secret")).isEqualTo(phc);
    }

    @Test
    void writingTheSameSecretAgainKeepsItsHash() {
        String id = UUID.randomUUID().toString();
        String path = "/consumers/alex/oauth2/" + id;
        Map<String, Object> wanted =
                Map.of("id", id, "name", "deck", "client_id", "deck", "client_secret", "secret", "hash_secret", true);
        String phc = node.put(path, wanted).json().getString("client_secret");

        assertThat(node.put(path, wanted).json().getString("client_secret")).isEqualTo(phc);
        assertThat(node.patch(path, Map.of("client_secret", "secret")).json().getString("client_secret"))
                .isEqualTo(phc);
        assertThat(node.put(path, node.get(path).json()).json().getString("client_secret"))
                .isEqualTo(phc);
        assertThat(secret(id)).isEqualTo(phc);

        String changed =
                node.patch(path, Map.of("client_secret", "other")).json().getString("client_secret");
        assertThat(changed).isNotEqualTo(phc);
        assertThat(matches(changed, "other")).isTrue();
    }

    @Test
    void enablingHashSecretHashesTheStoredSecret() {
        Reply created = create(Map.of("client_secret", "clear"));
        assertThat(created.json().getString("client_secret")).isEqualTo("clear");
        Reply hashed = node.patch("/oauth2/" + created.id(), Map.of("hash_secret", true));
        assertThat(matches(hashed.json().getString("client_secret"), "clear")).isTrue();
    }

    @Test
    void putKeepsGeneratedValuesThatTheClientOmits() {
        JsonObject app = create(Map.of("tags", List.of("t"))).json();
        Reply put = node.put("/consumers/alex/oauth2/" + app.getString("id"), Map.of("name", "renamed"));
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.json().getString("client_id")).isEqualTo(app.getString("client_id"));
        assertThat(put.json().getString("client_secret")).isEqualTo(app.getString("client_secret"));
        assertThat(put.json().getValue("tags")).isNull();
    }

    @Test
    void aClientIdHasAtMost512Characters() {
        String longest = "i".repeat(512);
        assertThat(create(Map.of("client_id", longest)).status()).isEqualTo(201);
        assertThat(create(Map.of("client_id", longest + "i")).message())
                .isEqualTo("schema violation (client_id: length must be at most 512)");
    }

    @Test
    void putByClientIdCreatesThatClient() {
        Reply put = node.put("/consumers/alex/oauth2/my-client", Map.of("name", "app"));
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.json().getString("client_id")).isEqualTo("my-client");
        assertThat(node.get("/oauth2/my-client/consumer").json().getString("username"))
                .isEqualTo("alex");
    }

    @Test
    void redirectUrisNeedSchemeAndHostAndNoFragment() {
        Reply refused = create(Map.of("redirect_uris", List.of("http://ok/", "nonsense", "http://x/#f")));
        assertThat(refused.message())
                .isEqualTo("2 schema violations (redirect_uris.2: cannot parse 'nonsense';"
                        + " redirect_uris.3: fragment not allowed in 'http://x/#f')");
    }

    @ParameterizedTest
    @CsvSource({
        "javascript://x/%0aalert(1),       scheme not allowed in",
        "JavaScript://x/,                  scheme not allowed in",
        "data://text/html,                 scheme not allowed in",
        "vbscript://x/,                    scheme not allowed in",
        "file://host/x,                    scheme not allowed in",
        "blob://x/y,                       scheme not allowed in",
        "javascript:alert(1),              cannot parse",
        "data:text/html,                   cannot parse",
        "file:///etc/hosts,                cannot parse",
        "https://:443/cb,                  cannot parse",
        "https://good.test@evil.test/cb,   user information not allowed in",
        "https://a:b@good.test/cb,         user information not allowed in",
        "https://@good.test/cb,            user information not allowed in",
        "com.example.app://a_b@c/cb,       user information not allowed in"
    })
    void redirectUri_isRefused_whenABrowserWouldNotRedirectToItsHost(String uri, String message) {
        for (String type : List.of("public", "confidential")) {
            assertThat(create(Map.of("redirect_uris", List.of(uri), "client_type", type))
                            .message())
                    .contains(message + " '" + uri + "'");
        }
    }

    @Test
    void privateUseScheme_isForPublicClients() {
        List<String> app = List.of("com.example.app:/cb");
        Reply created = create(Map.of("redirect_uris", app, "client_type", "public"));
        assertThat(created.status()).isEqualTo(201);
        assertThat(create(Map.of("redirect_uris", app)).message())
                .contains("private-use schemes are for public clients: 'com.example.app:/cb'");
        List<String> withHost = List.of("com.example.app://callback/cb");
        assertThat(create(Map.of("redirect_uris", withHost, "client_type", "public"))
                        .status())
                .isEqualTo(201);
        assertThat(create(Map.of("redirect_uris", withHost)).message())
                .contains("private-use schemes are for public clients: 'com.example.app://callback/cb'");
        // RFC 8252 §7.1: a name of the app's own domain has a period.
        assertThat(create(Map.of("redirect_uris", List.of("app:/cb"), "client_type", "public"))
                        .message())
                .contains("cannot parse 'app:/cb'");
        assertThat(node.patch("/oauth2/" + created.id(), Map.of("client_type", "confidential"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aCredentialNeedsAConsumerAndAName() {
        assertThat(node.post("/oauth2", Map.of()).message())
                .isEqualTo("2 schema violations (consumer: required field missing; name: required field missing)");
    }

    @Test
    void anEmptySecretIsRejected() {
        Reply created = create(Map.of("hash_secret", true, "client_secret", ""));
        assertThat(created.status()).isEqualTo(400);
        assertThat(created.message()).contains("client_secret: length must be at least 1");
    }
}
