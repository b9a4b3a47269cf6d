package io.gatehouse.conformance.oauth;

import static io.gatehouse.conformance.oauth.OAuthApi.PROVISION_KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests {@code iss} (RFC 9207) and {@code resource} (RFC 8707) of a login backend that reaches the gateway under another host than
 * clients do.
 */
class OAuthIdentifiersTest {
    private static final String INTERNAL = "gateway.internal";

    private static final Upstream upstream = Upstream.start();
    private static Gatehouse gatehouse;
    private static JsonObject client;

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1/32")));
        JsonObject rfc = OAuthApi.allGrants().put("conformance", "rfc").put("global_credentials", true);
        api("derived", rfc.copy());
        api("other", rfc.copy());
        api("named", rfc.copy().put("issuer", gatehouse.secureUrl("/named")));
        client = gatehouse.register("alex", new JsonObject());
    }

    private static void api(String name, JsonObject config) {
        gatehouse.createApi(name, "/" + name, upstream.port());
        gatehouse.protect(name, config);
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    private static Reply authorize(String path, String... more) {
        Map<String, String> agreed = OAuthApi.parameters(more);
        agreed.put("client_id", client.getString("client_id"));
        agreed.putIfAbsent("response_type", "code");
        agreed.putIfAbsent("provision_key", PROVISION_KEY);
        agreed.put("authenticated_userid", "owner");
        return Http.send(Http.form(gatehouse.secureUrl(path + "/oauth2/authorize"), agreed)
                .header("X-Forwarded-Host", INTERNAL));
    }

    private static Map<String, String> response(Reply reply) {
        return OAuthApi.queryOf(reply.json().getString("redirect_uri"));
    }

    private static JsonObject metadata(String path) {
        return Http.send(Http.get(gatehouse.secureUrl("/.well-known/oauth-authorization-server" + path)))
                .isStatus(200)
                .json();
    }

    private static Reply token(String path, String... parameters) {
        return gatehouse.token(path, OAuthApi.asClient(client, parameters));
    }

    private static Reply call(String path, String token) {
        return Http.send(Http.get(gatehouse.secureUrl(path), "Authorization", "Bearer " + token));
    }

    @Test
    void iss_isTheConfiguredIssuer_andThatOfTheMetadata() {
        assertThat(response(authorize("/named").isStatus(200)).get("iss"))
                .isEqualTo(metadata("/named").getString("issuer"))
                .isEqualTo(gatehouse.secureUrl("/named"));
        assertThat(response(authorize("/named", "scope", "xyz").isStatus(400)).get("iss"))
                .isEqualTo(gatehouse.secureUrl("/named"));
        assertThat(metadata("/named").getBoolean("authorization_response_iss_parameter_supported"))
                .isTrue();
    }

    /** The issuer that the metadata derives from the client's host is not that of the backend's host. */
    @Test
    void iss_isAbsentAndNotAnnounced_withoutAConfiguredIssuer() {
        assertThat(response(authorize("/derived").isStatus(200))).doesNotContainKey("iss");
        assertThat(response(authorize("/derived", "scope", "xyz").isStatus(400)))
                .doesNotContainKey("iss");
        assertThat(metadata("/derived").fieldNames()).doesNotContain("authorization_response_iss_parameter_supported");
    }

    @Test
    void resourceThatClientsSee_isAcceptedFromABackendWithAnotherHost() {
        String resource = gatehouse.secureUrl("/derived");
        String code = response(authorize("/derived", "resource", resource).isStatus(200))
                .get("code");

        String token = token("/derived", "grant_type", "authorization_code", "code", code, "resource", resource)
                .isStatus(200)
                .json()
                .getString("access_token");

        call("/derived", token).isStatus(200);
        call("/other", token).isStatus(401);
        Map<String, String> implicit =
                OAuthApi.fragmentOf(authorize("/derived", "response_type", "token", "resource", resource)
                        .isStatus(200)
                        .json()
                        .getString("redirect_uri"));
        call("/derived", implicit.get("access_token")).isStatus(200);
        call("/other", implicit.get("access_token")).isStatus(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://gateway.test/other",
                "https://gateway.test/",
                "http://gateway.test/derived",
                "https://gateway.test/derived?a=1"
            })
    void resourceOfAnotherPath_isAnInvalidTargetForABackend(String resource) {
        assertThat(response(authorize("/derived", "resource", resource).isStatus(400))
                        .get("error"))
                .isEqualTo("invalid_target");
    }

    /** Without the provision key, the host of a request is that of the client. */
    @Test
    void resourceOfAnotherHost_isAnInvalidTargetForAClient() {
        for (String key : List.of("", "wrong")) {
            token(
                            "/derived",
                            "grant_type",
                            "client_credentials",
                            "provision_key",
                            key,
                            "resource",
                            "https://gateway.test/derived")
                    .isError(400, "invalid_target", "The requested resource is not served here");
        }
    }

    @Test
    void resourceOfAnotherHost_isAnInvalidTarget_withAConfiguredIssuer() {
        assertThat(response(authorize("/named", "resource", "https://gateway.test/named")
                                .isStatus(400))
                        .get("error"))
                .isEqualTo("invalid_target");
        authorize("/named", "resource", gatehouse.secureUrl("/named")).isStatus(200);
    }
}
