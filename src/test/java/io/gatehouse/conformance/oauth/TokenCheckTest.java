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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** API calls through the plugin; docs/reference/oauth2.md#api-calls. */
class TokenCheckTest {
    private static final String INVALID = "The access token is invalid or has expired";
    private static final String NOT_GLOBAL =
            "The access token is global, but the current plugin is configured without 'global_credentials'";

    private static Gatehouse gatehouse;
    private static Upstream upstream;
    private static JsonObject application;
    private static String token;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        application = gatehouse.register("alex", new JsonObject());
        api("plain", new JsonObject());
        api("hiding", new JsonObject().put("hide_credentials", true).put("global_credentials", true));
        api("global", new JsonObject().put("global_credentials", true));
        api("realm", new JsonObject().put("realm", "staff"));
        api("header", new JsonObject().put("auth_header_name", "X-Token"));
        token = gatehouse.clientCredentialsToken("/plain", application);
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

    private static String globalToken() {
        return gatehouse.clientCredentialsToken("/global", application);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "BEARER ", "token ", "Token ", "Bearer   "})
    void theHeaderMayHaveEitherWordInAnyCase(String prefix) {
        gatehouse.get("/plain", "Authorization", prefix + token).isStatus(200);
    }

    /** They name no endpoint. */
    @ParameterizedTest
    @ValueSource(strings = {"/oauth2", "/oauth2/", "/oauth2/oauth2/", "/oauth2/token/oauth2/", "/oauth2/tokens/"})
    void pathWithoutAnEndpoint_isAnApiCall(String path) {
        gatehouse.getWithToken("/plain" + path, token).isStatus(200);
        gatehouse.get("/plain" + path).isError(401, "invalid_request", "The access token is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic ", "Bearer x ", "Bearer"})
    void anyOtherShapeIsAnInvalidToken(String prefix) {
        gatehouse.get("/plain", "Authorization", prefix + token).isError(401, "invalid_token", INVALID);
    }

    @Test
    void twoAuthorizationHeadersAreAnInvalidToken() {
        for (String other : List.of("Bearer " + token, "Bearer " + token + "x", "bearer " + token, "")) {
            gatehouse
                    .get("/plain", "Authorization", "Bearer " + token, "Authorization", other)
                    .isError(401, "invalid_token", INVALID);
        }
    }

    /** RFC 6750 §3.1: a request without a token gets no error code. */
    @Test
    void anEmptyAuthorizationHeaderIsAMissingToken() {
        Reply reply = gatehouse
                .get("/realm", "Authorization", "")
                .isError(401, "invalid_request", "The access token is missing");
        assertThat(reply.header("www-authenticate")).isEqualTo("Bearer realm=\"staff\"");
        gatehouse
                .get("/plain?access_token=" + token, "Authorization", "")
                .isError(401, "invalid_request", "The access token is missing");
    }

    /** A name with underscores means the header with hyphens too, as in Kong. */
    @Test
    void aHeaderNameWithUnderscoresAcceptsHyphens() {
        api(
                "underscores",
                new JsonObject().put("auth_header_name", "x_own_token").put("hide_credentials", true));
        String own = gatehouse.clientCredentialsToken("/underscores", application);
        Reply reply =
                gatehouse.get("/underscores", "X-Own-Token", "Bearer " + own).isStatus(200);
        assertThat(reply.upstreamHeader("x-own-token")).isNull();
        gatehouse.get("/underscores", "x_own_token", "Bearer " + own).isStatus(200);
    }

    @Test
    void theTokenMayComeInTheQueryAFormOrAJsonBody() {
        gatehouse.get("/plain?access_token=" + token).isStatus(200);
        String url = gatehouse.proxyUrl("/plain");
        for (String method : List.of("POST", "PUT", "PATCH")) {
            Reply form = Http.send(
                            Http.request(method, url, "application/x-www-form-urlencoded", "a=1&access_token=" + token))
                    .isStatus(200);
            assertThat(form.json().getString("body")).isEqualTo("a=1&access_token=" + token);
            Http.send(Http.json(
                            method,
                            url,
                            new JsonObject().put("access_token", token).encode()))
                    .isStatus(200);
        }
    }

    /** RFC 6750 §2.2: the other fields of a form are the upstream's. Only a repeated token is ambiguous. */
    @Test
    void otherFieldsOfAFormMayBeRepeated() {
        String form = "application/x-www-form-urlencoded";
        for (String mode : List.of("kong", "rfc")) {
            String path = "/repeating-" + mode;
            api(path.substring(1), new JsonObject().put("conformance", mode));
            String url = gatehouse.secureUrl(path);
            String own = gatehouse.clientCredentialsToken(path, application);
            String body = "a=1&a=2&access_token=" + own;

            Reply once = Http.send(Http.request("POST", url, form, body)).isStatus(200);
            assertThat(once.json().getString("body")).isEqualTo(body);
            String part = "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n";
            String parts = part.formatted("a", "1") + part.formatted("a", "2") + part.formatted("access_token", own);
            Http.send(Http.request("POST", url, "multipart/form-data; boundary=b", parts + "--b--\r\n"))
                    .isStatus(mode.equals("rfc") ? 401 : 200);

            String twice = body + "&access_token=" + own;
            Http.send(Http.request("POST", url, form, twice)).isStatus(mode.equals("rfc") ? 400 : 401);
        }
    }

    @Test
    void theHeaderOfThePluginsChoiceIsRead() {
        String other = gatehouse.clientCredentialsToken("/header", application);
        gatehouse.get("/header", "X-Token", "Bearer " + other).isStatus(200);
        gatehouse
                .get("/header", "Authorization", "Bearer " + other)
                .isError(401, "invalid_request", "The access token is missing");
    }

    @Test
    void aMissingTokenIsAskedForWithTheRealm() {
        assertThat(gatehouse.get("/plain").isStatus(401).header("www-authenticate"))
                .isEqualTo("Bearer");
        assertThat(gatehouse.get("/realm").isStatus(401).header("www-authenticate"))
                .isEqualTo("Bearer realm=\"staff\"");
    }

    @Test
    void anInvalidTokenIsExplainedInTheHeader() {
        assertThat(gatehouse.getWithToken("/plain", "nonsense").header("www-authenticate"))
                .isEqualTo("Bearer error=\"invalid_token\", error_description=\"" + INVALID + "\"");
        assertThat(gatehouse.getWithToken("/realm", "nonsense").header("www-authenticate"))
                .isEqualTo("Bearer realm=\"staff\", error=\"invalid_token\", error_description=\"" + INVALID + "\"");
    }

    @Test
    void anExpiredTokenIsInvalid() {
        String expired = gatehouse
                .create(
                        "/oauth2_tokens",
                        new JsonObject()
                                .put("credential", new JsonObject().put("id", application.getString("id")))
                                .put("service", new JsonObject().put("name", "plain"))
                                .put("created_at", 1_000_000)
                                .put("expires_in", 60))
                .getString("access_token");
        gatehouse.getWithToken("/plain", expired).isError(401, "invalid_token", INVALID);
    }

    @Test
    void aTokenIsBoundToItsService() {
        gatehouse.getWithToken("/plain", token).isStatus(200);
        gatehouse.getWithToken("/realm", token).isError(401, "invalid_token", INVALID);
        gatehouse.getWithToken("/global", token).isError(401, "invalid_token", INVALID);
    }

    @Test
    void aGlobalTokenWorksWhereThePluginIsGlobalToo() {
        String global = globalToken();
        gatehouse.getWithToken("/global", global).isStatus(200);
        gatehouse.getWithToken("/hiding", global).isStatus(200);
        gatehouse.getWithToken("/plain", global).isError(401, "invalid_token", NOT_GLOBAL);
    }

    @Test
    void hiddenCredentialsDoNotReachTheUpstream() {
        String global = globalToken();
        assertThat(gatehouse.getWithToken("/hiding", global).isStatus(200).upstreamHeader("authorization"))
                .isNull();
        Reply query =
                gatehouse.get("/hiding?a=1&access_token=" + global + "&b=2").isStatus(200);
        assertThat(query.json().getString("uri")).isEqualTo("/?a=1&b=2");
        Reply form = Http.send(Http.request(
                        "POST",
                        gatehouse.proxyUrl("/hiding"),
                        "application/x-www-form-urlencoded",
                        "a=1&access_token=" + global))
                .isStatus(200);
        assertThat(form.json().getString("body")).isEqualTo("a=1");
        assertThat(form.upstreamHeader("content-length")).isEqualTo("3");
    }

    @Test
    void hiddenCredentialsDoNotReachTheUpstreamInASecondPlace() {
        String global = globalToken();
        for (String header : List.of("Bearer " + global, global)) {
            Reply both = gatehouse
                    .get("/hiding?a=1&access_token=" + global + "&b=2", "Authorization", header)
                    .isStatus(200);
            assertThat(both.json().getString("uri")).isEqualTo("/?a=1&b=2");
            assertThat(both.upstreamHeader("authorization")).isNull();
        }
        Reply form = Http.send(Http.request(
                        "POST",
                        gatehouse.proxyUrl("/hiding?access_token=&a=1"),
                        "application/x-www-form-urlencoded",
                        "a=1&access_token=" + global))
                .isStatus(200);
        assertThat(form.json().getString("uri")).isEqualTo("/?a=1");
        assertThat(form.json().getString("body")).isEqualTo("a=1");
    }

    @Test
    void theUpstreamLearnsWhoCallsAndAClientCannotPretend() {
        Reply reply = gatehouse.get(
                "/plain",
                "Authorization",
                "Bearer " + token,
                "X-Consumer-Username",
                "root",
                "X-Authenticated-Userid",
                "root",
                "X_Consumer_Id",
                "root",
                "X-Anonymous-Consumer",
                "true");

        assertThat(reply.isStatus(200).text()).doesNotContain("root");
        assertThat(reply.upstreamHeader("x-consumer-username")).isEqualTo("alex");
        assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo(application.getString("client_id"));
        assertThat(reply.upstreamHeader("x-consumer-custom-id")).isNull();
        assertThat(reply.upstreamHeader("x-anonymous-consumer")).isNull();
    }

    @Test
    void aLargeBodyWithoutATokenIsRefusedUnread() {
        HttpRequest.Builder request = Http.request(
                "POST",
                gatehouse.proxyUrl("/plain"),
                "application/x-www-form-urlencoded",
                "x=" + "y".repeat(1_000_000));
        Http.send(request).isError(401, "invalid_request", "The access token is missing");
    }

    @Test
    void anonymousStandsInWhenTheCheckFails() {
        JsonObject guest = gatehouse.create(
                "/consumers", new JsonObject().put("username", "guest").put("custom_id", "g-1"));
        api("byid", new JsonObject().put("anonymous", guest.getString("id")));
        api("byname", new JsonObject().put("anonymous", "guest"));

        for (String path : List.of("/byid", "/byname")) {
            Reply reply = gatehouse.getWithToken(path, "nonsense").isStatus(200);
            assertThat(reply.upstreamHeader("x-anonymous-consumer")).isEqualTo("true");
            assertThat(reply.upstreamHeader("x-consumer-username")).isEqualTo("guest");
            assertThat(reply.upstreamHeader("x-consumer-custom-id")).isEqualTo("g-1");
            assertThat(reply.upstreamHeader("x-credential-identifier")).isNull();
        }
        String good = gatehouse.clientCredentialsToken("/byname", application);
        assertThat(gatehouse.getWithToken("/byname", good).upstreamHeader("x-consumer-username"))
                .isEqualTo("alex");
    }

    @Test
    void aMissingAnonymousConsumerIsTheGatewaysError() {
        api("unknown", new JsonObject().put("anonymous", "unknown"));
        gatehouse.get("/unknown").isMessage(500, "anonymous consumer unknown is configured but doesn't exist");
    }
}
