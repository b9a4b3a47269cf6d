package io.gatehouse.conformance.oauth;

import static io.gatehouse.conformance.oauth.OAuthApi.PROVISION_KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Discovery (RFC 8414, RFC 9728) and tokens that are for one resource (RFC 8707). */
class OAuthMetadataTest {
    private static final String SERVER = "/.well-known/oauth-authorization-server";
    private static final String RESOURCE = "/.well-known/oauth-protected-resource";

    private static final Upstream upstream = Upstream.start();
    private static Gatehouse gatehouse;
    private static JsonObject client;

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1/32")));
        api("api", "/api", OAuthApi.allGrants().put("enable_revocation", true));
        api("few", "/few/", new JsonObject().put("conformance", "rfc"));
        api(
                "named",
                "/named",
                new JsonObject()
                        .put("enable_authorization_code", true)
                        .put("enable_introspection", true)
                        .put("issuer", "https://id.example.com/named")
                        .put("authorization_endpoint", "https://login.example.com/start?for=named"));
        api("globalOne", "/one", OAuthApi.allGrants().put("global_credentials", true));
        api("globalTwo", "/two", OAuthApi.allGrants().put("global_credentials", true));
        gatehouse.createApi("open", "/open", upstream.port());
        gatehouse.create(
                "/services/open/routes",
                new JsonObject().put("name", "own").put("paths", List.of(SERVER + "/taken", "/taken" + SERVER)));
        api("taken", "/taken", new JsonObject());
        client = gatehouse.register("alex", new JsonObject());
    }

    private static void api(String name, String path, JsonObject config) {
        gatehouse.createApi(name, path, upstream.port());
        gatehouse.protect(name, config);
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    private static Reply get(String path, String... headers) {
        return Http.send(Http.get(gatehouse.secureUrl(path), headers));
    }

    @TestFactory
    Stream<DynamicTest> document_isFoundBeforeAndAfterThePathOfTheRoute() {
        return Stream.of(SERVER, RESOURCE)
                .flatMap(document -> Stream.of("/api", "/few", "/named")
                        .flatMap(path -> Stream.of(document + path, path + document))
                        .map(path -> DynamicTest.dynamicTest(path, () -> {
                            Reply reply = get(path).isStatus(200);
                            assertThat(reply.header("content-type")).startsWith("application/json");
                            assertThat(reply.json().containsKey(document.equals(SERVER) ? "issuer" : "resource"))
                                    .isTrue();
                            Http.send(Http.get(gatehouse.secureUrl(path))
                                            .method("HEAD", java.net.http.HttpRequest.BodyPublishers.noBody()))
                                    .isStatus(200);
                            Reply post = Http.send(Http.form(gatehouse.secureUrl(path), Map.of()))
                                    .isStatus(405);
                            assertThat(post.header("allow")).isEqualTo("GET, HEAD");
                        })));
    }

    @Test
    void authorizationServer_listsWhatIsEnabled() {
        String issuer = gatehouse.secureUrl("/api");
        assertThat(get(SERVER + "/api").json())
                .isEqualTo(new JsonObject()
                        .put("issuer", issuer)
                        .put("token_endpoint", issuer + "/oauth2/token")
                        .put("scopes_supported", JsonArray.of("email", "profile"))
                        .put("response_types_supported", JsonArray.of("code", "token"))
                        .put(
                                "grant_types_supported",
                                JsonArray.of(
                                        "authorization_code",
                                        "implicit",
                                        "client_credentials",
                                        "password",
                                        "refresh_token"))
                        .put(
                                "token_endpoint_auth_methods_supported",
                                JsonArray.of("client_secret_basic", "client_secret_post", "none"))
                        .put("revocation_endpoint", issuer + "/oauth2/revoke")
                        .put(
                                "revocation_endpoint_auth_methods_supported",
                                JsonArray.of("client_secret_basic", "client_secret_post", "none"))
                        .put("code_challenge_methods_supported", JsonArray.of("S256")));

        String few = gatehouse.secureUrl("/few");
        assertThat(get(SERVER + "/few").json())
                .isEqualTo(new JsonObject()
                        .put("issuer", few)
                        .put("token_endpoint", few + "/oauth2/token")
                        .put("response_types_supported", new JsonArray())
                        .put("grant_types_supported", JsonArray.of("client_credentials"))
                        .put(
                                "token_endpoint_auth_methods_supported",
                                JsonArray.of("client_secret_basic", "client_secret_post", "none")));
    }

    @Test
    void configuredIssuerAndPage_arePublished() {
        JsonObject server = get(SERVER + "/named").json();
        assertThat(server.getString("issuer")).isEqualTo("https://id.example.com/named");
        assertThat(server.getString("authorization_endpoint")).isEqualTo("https://login.example.com/start?for=named");
        assertThat(server.getString("introspection_endpoint"))
                .isEqualTo("https://id.example.com/named/oauth2/introspect");

        JsonObject resource = get(RESOURCE + "/named").json();
        assertThat(resource)
                .isEqualTo(new JsonObject()
                        .put("resource", "https://id.example.com/named")
                        .put("authorization_servers", JsonArray.of("https://id.example.com/named"))
                        .put("bearer_methods_supported", JsonArray.of("header", "body", "query")));
    }

    @Test
    void routeOfTheTeam_wins() {
        // The upstream echoes what it gets.
        assertThat(get(SERVER + "/taken").isStatus(200).json().containsKey("headers"))
                .isTrue();
        assertThat(get("/taken" + SERVER).isStatus(200).json().containsKey("headers"))
                .isTrue();
    }

    @Test
    void otherPaths_haveNoDocument() {
        get(SERVER).isStatus(404);
        get(SERVER + "/open").isStatus(404);
        get(SERVER + "/unknown").isStatus(404);
        get(SERVER + "/api/deeper").isStatus(404);
        get("/.well-known/openid-configuration/api").isStatus(404);
        get("/api/deeper" + SERVER).isStatus(401);
        get("/open" + SERVER).isStatus(200);
        assertThat(get("/open" + SERVER).json().containsKey("issuer")).isFalse();
    }

    @Test
    void forwardedHeaders_countFromATrustedPeerAlone() {
        assertThat(get(
                                SERVER + "/api",
                                "X-Forwarded-Host",
                                "api.example.com",
                                "X-Forwarded-Port",
                                "8443",
                                "X-Forwarded-Proto",
                                "https")
                        .json()
                        .getString("issuer"))
                .isEqualTo("https://api.example.com:8443/api");
        assertThat(get(SERVER + "/api", "X-Forwarded-Host", "a\"b").json().getString("issuer"))
                .isEqualTo(gatehouse.secureUrl("/api"));
        try (Gatehouse other = Gatehouse.start()) {
            other.createApi("api", "/api", upstream.port());
            other.protect("api", new JsonObject());
            assertThat(Http.send(Http.get(other.secureUrl(SERVER + "/api"), "X-Forwarded-Host", "evil.test"))
                            .json()
                            .getString("issuer"))
                    .isEqualTo(other.secureUrl("/api"));
        }
    }

    @Test
    void plainHttp_isRefused() {
        gatehouse.get(SERVER + "/api").isError(400, "access_denied", "You must use HTTPS");
        gatehouse.get("/api" + RESOURCE).isError(400, "access_denied", "You must use HTTPS");
    }

    @Test
    void tokenForAResource_isValidThereAlone() {
        String one = gatehouse.secureUrl("/one");
        String bound = token("/one", "resource", one.replace("https", "HTTPS") + "/");
        String free = token("/one");

        call("/one", bound).isStatus(200);
        call("/two", bound).isError(401, "invalid_token", "The access token is invalid or has expired");
        call("/two", free).isStatus(200);
        // The same resource under another name is another resource.
        Http.send(Http.get(
                        gatehouse.secureUrl("/one"),
                        "Authorization",
                        "Bearer " + bound,
                        "X-Forwarded-Host",
                        "other.example.com"))
                .isStatus(401);
    }

    @Test
    void resource_isKeptByCodesAndRefreshTokens() {
        String one = gatehouse.secureUrl("/one");
        String two = gatehouse.secureUrl("/two");
        Map<String, String> agreed = parameters(
                "response_type",
                "code",
                "provision_key",
                PROVISION_KEY,
                "authenticated_userid",
                "owner",
                "resource",
                one);
        agreed.put("client_id", client.getString("client_id"));
        Reply authorized = Http.send(Http.form(gatehouse.secureUrl("/one/oauth2/authorize"), agreed))
                .isStatus(200);
        String code =
                OAuthApi.queryOf(authorized.json().getString("redirect_uri")).get("code");
        JsonObject first = post("/one", "grant_type", "authorization_code", "code", code)
                .isStatus(200)
                .json();
        call("/one", first.getString("access_token")).isStatus(200);
        call("/two", first.getString("access_token")).isStatus(401);

        post("/two", "grant_type", "refresh_token", "refresh_token", first.getString("refresh_token"), "resource", two)
                .isError(400, "invalid_target", "The grant is for another resource");
        JsonObject second = post(
                        "/two", "grant_type", "refresh_token", "refresh_token", first.getString("refresh_token"))
                .isStatus(200)
                .json();
        call("/one", second.getString("access_token")).isStatus(200);
        call("/two", second.getString("access_token")).isStatus(401);
    }

    @Test
    void resourceOfAnotherRoute_isAnInvalidTarget() {
        for (String resource : List.of(
                gatehouse.secureUrl("/two"), "https://other.test/one", "one", "https://a/#f", "x".repeat(2_000))) {
            post("/one", "grant_type", "client_credentials", "resource", resource)
                    .isError(400, "invalid_target", "The requested resource is not served here");
        }
        Http.send(Http.request(
                        "POST",
                        gatehouse.secureUrl("/one/oauth2/token"),
                        "application/x-www-form-urlencoded",
                        "resource=https://a.test&resource=https://b.test"))
                .isError(400, "invalid_target", "Only one resource can be requested");
    }

    @Test
    void resourceOfTheMetadata_canBeRequested() {
        for (String host : List.of("my_api", "[2001:db8::1]", "192.0.2.1")) {
            String resource =
                    get(RESOURCE + "/one", "X-Forwarded-Host", host).json().getString("resource");
            assertThat(resource).isEqualTo("https://" + host + "/one");
            Map<String, String> parameters =
                    OAuthApi.asClient(client, "grant_type", "client_credentials", "resource", resource);
            Http.send(Http.form(gatehouse.secureUrl("/one/oauth2/token"), parameters)
                            .header("X-Forwarded-Host", host))
                    .isStatus(200);
        }
    }

    private static Map<String, String> parameters(String... namesAndValues) {
        return new LinkedHashMap<>(OAuthApi.parameters(namesAndValues));
    }

    private static Reply post(String path, String... namesAndValues) {
        return gatehouse.token(path, OAuthApi.asClient(client, namesAndValues));
    }

    private static String token(String path, String... more) {
        Map<String, String> parameters = OAuthApi.asClient(client, more);
        parameters.put("grant_type", "client_credentials");
        return gatehouse.token(path, parameters).isStatus(200).json().getString("access_token");
    }

    private static Reply call(String path, String token) {
        return Http.send(Http.get(gatehouse.secureUrl(path), "Authorization", "Bearer " + token));
    }
}
