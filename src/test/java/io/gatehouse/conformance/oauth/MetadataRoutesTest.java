package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests which Routes have metadata, beside their path (docs/reference/oauth2.md#metadata). */
class MetadataRoutesTest {
    private static final String SERVER = "/.well-known/oauth-authorization-server";
    private static final String RESOURCE = "/.well-known/oauth-protected-resource";

    private static final Upstream upstream = Upstream.start();
    private static Gatehouse gatehouse;

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start();
        gatehouse.createApi("open", "/open", upstream.port());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    private static void api(String name, JsonObject config) {
        gatehouse.createApi(name, "/" + name, upstream.port());
        gatehouse.protect(name, config);
    }

    private static void restrict(String route, String method) {
        gatehouse
                .admin("PATCH", "/routes/" + route, new JsonObject().put("methods", List.of(method)))
                .isStatus(200);
    }

    private static Reply get(String path) {
        return send("GET", path);
    }

    private static Reply send(String method, String path) {
        return Http.send(Http.get(gatehouse.secureUrl(path)).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    @Test
    void routeOfOtherMethods_hasDocuments() {
        for (String method : List.of("POST", "PURGE")) {
            String name = "only-" + method;
            String path = "/" + name;
            api(name, new JsonObject().put("conformance", "rfc"));
            restrict(name, method);

            for (String document : List.of(SERVER + path, path + SERVER, RESOURCE + path, path + RESOURCE)) {
                get(document).isStatus(200);
                send("HEAD", document).isStatus(200);
                send("DELETE", document).isStatus(404);
            }
            get(path).isStatus(404);
            get(path + "/deeper" + SERVER).isStatus(404);
            get(SERVER + path + "/deeper").isStatus(404);
        }
    }

    @Test
    void documentThatAChallengeNames_isFound() {
        api("challenging", new JsonObject().put("conformance", "rfc"));
        restrict("challenging", "POST");
        String url = gatehouse.secureUrl(RESOURCE + "/challenging");

        assertThat(send("POST", "/challenging").isStatus(401).header("www-authenticate"))
                .contains("resource_metadata=\"" + url + "\"");

        assertThat(Http.send(Http.get(url)).isStatus(200).json().getString("resource"))
                .isEqualTo(gatehouse.secureUrl("/challenging"));
    }

    @Test
    void routeOfPost_hasDocuments_besideAnOpenRouteOfGet() {
        api("shared", new JsonObject());
        restrict("shared", "POST");
        gatehouse.create(
                "/services/open/routes",
                new JsonObject().put("paths", List.of("/shared")).put("methods", List.of("GET")));

        assertThat(get(SERVER + "/shared").isStatus(200).json().getString("issuer"))
                .isEqualTo(gatehouse.secureUrl("/shared"));
        assertThat(get("/shared" + SERVER).isStatus(200).json().containsKey("headers"))
                .as("the open Route matches this path")
                .isTrue();
    }

    @Test
    void anotherHeader_isNotAnnouncedAsAuthorization() {
        api(
                "renamed",
                new JsonObject()
                        .put("auth_header_name", "x-token")
                        .put("enable_introspection", true)
                        .put("enable_revocation", true));

        JsonObject server = get(SERVER + "/renamed").isStatus(200).json();
        assertThat(server.getJsonArray("token_endpoint_auth_methods_supported"))
                .containsExactly("client_secret_post", "none");
        assertThat(server.getJsonArray("revocation_endpoint_auth_methods_supported"))
                .containsExactly("client_secret_post", "none");
        assertThat(server.getJsonArray("introspection_endpoint_auth_methods_supported"))
                .containsExactly("client_secret_post");
        assertThat(get(RESOURCE + "/renamed").json().getJsonArray("bearer_methods_supported"))
                .containsExactly("body", "query");
    }

    @Test
    void usualHeader_isAnnounced_inAnyCase() {
        api("upper", new JsonObject().put("auth_header_name", "Authorization"));

        assertThat(get(SERVER + "/upper").json().getJsonArray("token_endpoint_auth_methods_supported"))
                .containsExactly("client_secret_basic", "client_secret_post", "none");
        assertThat(get(RESOURCE + "/upper").json().getJsonArray("bearer_methods_supported"))
                .containsExactly("header", "body", "query");
    }

    @Test
    void noScopes_areNoEmptyList() {
        api("scopeless", new JsonObject().put("scopes", List.of()));

        assertThat(get(SERVER + "/scopeless").isStatus(200).json().containsKey("scopes_supported"))
                .isFalse();
        assertThat(get(RESOURCE + "/scopeless").isStatus(200).json().containsKey("scopes_supported"))
                .isFalse();
    }

    private static void withoutService(String name, JsonObject config) {
        gatehouse.create("/routes", new JsonObject().put("name", name).put("paths", List.of("/" + name)));
        gatehouse.create(
                "/routes/" + name + "/plugins",
                new JsonObject().put("name", "oauth2").put("config", config.put("enable_client_credentials", true)));
    }

    @Test
    void routeWithoutService_hasDocuments_withGlobalCredentialsAlone() {
        withoutService("bare", new JsonObject());
        withoutService("global", new JsonObject().put("global_credentials", true));

        for (String path : List.of(SERVER + "/bare", "/bare" + SERVER, RESOURCE + "/bare", "/bare" + RESOURCE)) {
            get(path).isMessage(503, "no Service found with those values");
            get(path.replace("bare", "global")).isStatus(200);
        }
        send("POST", "/bare/oauth2/token").isMessage(503, "no Service found with those values");
    }

    @Test
    void openRouteOfOtherMethods_hasNone() {
        gatehouse.createApi("unprotected", "/unprotected", upstream.port());
        restrict("unprotected", "POST");

        get(SERVER + "/unprotected").isStatus(404);
        get("/unprotected" + SERVER).isStatus(404);
    }
}
