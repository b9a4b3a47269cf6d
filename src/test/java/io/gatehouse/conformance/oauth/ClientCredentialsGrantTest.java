package io.gatehouse.conformance.oauth;

import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static io.gatehouse.conformance.oauth.OAuthApi.parameters;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6749 §4.4 and the token endpoint around it; docs/reference/oauth2.md#endpoints, docs/reference/oauth2.md#token-endpoint, docs/reference/oauth2.md#scope. */
class ClientCredentialsGrantTest {
    private static final String INVALID_CLIENT = "Invalid client authentication";

    private static OAuthApi api;
    private static String url;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject());
        url = api.gatehouse.secureUrl("/api/oauth2/token");
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static String clientId() {
        return api.application.getString("client_id");
    }

    private static String secret() {
        return api.application.getString("client_secret");
    }

    private static Reply withBasic(String credentials) {
        String basic = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        return Http.send(Http.form(url, parameters("grant_type", "client_credentials"))
                .header("Authorization", "Basic " + basic));
    }

    @Test
    void theAnswerIsTheContractsAndMayNotBeStored() {
        Reply reply = api.token(api.asClient("grant_type", "client_credentials", "state", "abc"))
                .isStatus(200);

        assertThat(reply.json().fieldNames())
                .containsExactlyInAnyOrder("access_token", "token_type", "expires_in", "state");
        assertThat(reply.json().getString("access_token")).matches("[A-Za-z0-9]{32}");
        assertThat(reply.json().getString("token_type")).isEqualTo("bearer");
        assertThat(reply.json().getInteger("expires_in")).isEqualTo(7200);
        assertThat(reply.json().getString("state")).isEqualTo("abc");
        assertThat(reply.header("content-type")).isEqualTo("application/json; charset=utf-8");
        assertThat(reply.header("cache-control")).isEqualTo("no-store");
        assertThat(reply.header("pragma")).isEqualTo("no-cache");
    }

    @Test
    void parametersMayComeAsJsonAsMultipartOrInTheQuery() {
        JsonObject json = new JsonObject(new LinkedHashMap<>(api.asClient("grant_type", "client_credentials")));
        Http.send(Http.json("POST", url, json.encode())).isStatus(200);

        String multipart = "--b\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n"
                + "--b\r\nContent-Disposition: form-data; name=\"client_id\"\r\n\r\n" + clientId() + "\r\n"
                + "--b\r\nContent-Disposition: form-data; name=\"client_secret\"\r\n\r\n" + secret() + "\r\n--b--\r\n";
        Http.send(Http.request("POST", url, "multipart/form-data; boundary=b", multipart))
                .isStatus(200);

        String query = Http.encoded(api.asClient("grant_type", "client_credentials"));
        Http.send(Http.get(url + "?" + query).POST(HttpRequest.BodyPublishers.noBody()))
                .isStatus(200);
    }

    @Test
    void theBodyWinsOverTheQuery() {
        Http.send(Http.form(url + "?client_secret=wrong", api.asClient("grant_type", "client_credentials")))
                .isStatus(200);
    }

    @Test
    void credentialsMayComeInTheBasicHeader() {
        withBasic(clientId() + ":" + secret()).isStatus(200);
    }

    @Test
    void aRefusedBasicHeaderIsAnsweredWithAChallenge() {
        Reply reply = withBasic(clientId() + ":wrong");

        reply.isError(401, "invalid_client", INVALID_CLIENT);
        assertThat(reply.header("www-authenticate")).isEqualTo("Basic realm=\"OAuth2.0\"");
        withBasic(clientId()).isError(401, "invalid_client", INVALID_CLIENT);
        withBasic("unknown:x").isError(401, "invalid_client", INVALID_CLIENT);
    }

    @Test
    void aSecretMayContainAColon() {
        JsonObject client = api.gatehouse.register("colon", new JsonObject().put("client_secret", "a:b:c"));
        withBasic(client.getString("client_id") + ":a:b:c").isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic !!!", "Basic", "Basic ", "Digest abc", "Basic bm9jb2xvbg=="})
    void aHeaderThatIsNoBasicNamesNoClient(String header) {
        Reply reply = Http.send(
                Http.form(url, parameters("grant_type", "client_credentials")).header("Authorization", header));

        assertThat(reply.status()).isIn(400, 401);
        assertThat(reply.json().getString("error")).isEqualTo("invalid_client");
    }

    @Test
    void aWrongOrMissingSecretAndAnUnknownClientAreTheSame() {
        api.token(parameters("grant_type", "client_credentials", "client_id", clientId(), "client_secret", "wrong"))
                .isError(400, "invalid_client", INVALID_CLIENT);
        api.token(parameters("grant_type", "client_credentials", "client_id", clientId()))
                .isError(400, "invalid_client", INVALID_CLIENT);
        api.token(parameters("grant_type", "client_credentials", "client_id", "unknown", "client_secret", "x"))
                .isError(400, "invalid_client", INVALID_CLIENT);
        api.token(parameters("grant_type", "client_credentials")).isError(400, "invalid_client", INVALID_CLIENT);
    }

    @Test
    void aWrongClientWinsOverAWrongGrant() {
        api.token(parameters("client_id", clientId(), "client_secret", "wrong"))
                .isError(400, "invalid_client", INVALID_CLIENT);
        api.token(api.asClient()).isError(400, "unsupported_grant_type", "Invalid grant_type");
        api.token(api.asClient("grant_type", "nonsense")).isError(400, "unsupported_grant_type", "Invalid grant_type");
    }

    @Test
    void theStateComesBackWithAnErrorToo() {
        Reply reply = api.token(parameters("grant_type", "client_credentials", "state", "xyz"));
        assertThat(reply.isStatus(400).json().getString("state")).isEqualTo("xyz");
    }

    @Test
    void aRepeatedParameterIsRefused() {
        String form = Http.encoded(api.asClient("grant_type", "client_credentials"));
        Http.send(Http.request("POST", url, "application/x-www-form-urlencoded", form + "&grant_type=password"))
                .isError(400, "invalid_request", "Parameter given more than once: grant_type");
        Http.send(Http.get(url + "?scope=a&scope=b").POST(HttpRequest.BodyPublishers.noBody()))
                .isError(400, "invalid_request", "Parameter given more than once: scope");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "application/json,`{\"grant_type\":`",
                "application/json,`[1]`",
                "application/json,`\"text\"`",
                "application/x-www-form-urlencoded,`a=%zz`",
                "multipart/form-data; boundary=b,`--b nonsense`"
            })
    void aMalformedBodyIsRefused(String contentType, String body) {
        Http.send(Http.request("POST", url, contentType, body))
                .isError(400, "invalid_request", "Malformed request body or query");
    }

    @Test
    void aBodyOfAnotherTypeIsNone() {
        String form = Http.encoded(api.asClient("grant_type", "client_credentials"));
        Http.send(Http.request("POST", url, "text/plain", form)).isError(400, "invalid_client", INVALID_CLIENT);
    }

    @Test
    void aBodyBeyond64KiBIsTooLarge() {
        String body = "grant_type=client_credentials&client_secret=" + "x".repeat(70_000);
        Reply reply = Http.send(Http.request("POST", url, "application/x-www-form-urlencoded", body));
        reply.isStatus(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH"})
    void onlyPostIsServed(String method) {
        Reply reply = Http.send(Http.get(url).method(method, HttpRequest.BodyPublishers.noBody()));

        String description = "The HTTP method " + method + " is invalid for the token endpoint";
        reply.isError(405, "invalid_method", description);
        assertThat(reply.header("www-authenticate"))
                .isEqualTo("Bearer error=\"invalid_method\", error_description=\"" + description + "\"");
    }

    @Test
    void aTrailingSlashIsTheSameEndpoint() {
        Http.send(Http.form(url + "/", api.asClient("grant_type", "client_credentials")))
                .isStatus(200);
    }

    @Test
    void aScopeMustBeOneOfThePlugins() {
        api.token(api.asClient("grant_type", "client_credentials", "scope", "email xyz"))
                .isError(400, "invalid_scope", "\"xyz\" is an invalid scope");
        JsonObject json = new JsonObject(new LinkedHashMap<>(api.asClient("grant_type", "client_credentials")))
                .put("scope", List.of("email"));
        Http.send(Http.json("POST", url, json.encode())).isError(400, "invalid_scope", "scope must be a string");
    }

    @Test
    void anOwnerMayBeNamedOnlyWithTheProvisionKey() {
        api.token(api.asClient("grant_type", "client_credentials", "authenticated_userid", "owner-9"))
                .isError(400, "invalid_provision_key", "Invalid provision_key");

        String token = api.token(api.asClient(
                        "grant_type",
                        "client_credentials",
                        "authenticated_userid",
                        "owner-9",
                        "provision_key",
                        OAuthApi.PROVISION_KEY))
                .isStatus(200)
                .json()
                .getString("access_token");
        assertThat(api.call(token).isStatus(200).upstreamHeader("x-authenticated-userid"))
                .isEqualTo("owner-9");
    }

    @Test
    void aClientOfAnotherApiGetsATokenForThisServiceOnly() {
        api.gatehouse.createApi("other", "/other", api.upstream.port());
        api.gatehouse.protect("other", new JsonObject());
        JsonObject client = api.gatehouse.register("roamer", new JsonObject());
        String token = api.gatehouse
                .token("/other", asClient(client, "grant_type", "client_credentials"))
                .isStatus(200)
                .json()
                .getString("access_token");

        api.gatehouse.getWithToken("/other", token).isStatus(200);
        api.call(token).isError(401, "invalid_token", "The access token is invalid or has expired");
    }

    @Test
    void plainHttpIsRefusedAndSaysTheState() {
        Reply reply = Http.send(Http.form(
                api.gatehouse.proxyUrl("/api/oauth2/token"),
                api.asClient("grant_type", "client_credentials", "state", "s")));
        reply.isError(400, "access_denied", "You must use HTTPS");
        assertThat(reply.json().getString("state")).isEqualTo("s");
    }

    @Test
    void tlsInFrontCountsOnlyWhenThePluginAndTheTrustedPeersSaySo() {
        try (Gatehouse gatehouse = Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.0/8")))) {
            gatehouse.createApi("api", "/api", api.upstream.port());
            gatehouse.protect("api", new JsonObject().put("accept_http_if_already_terminated", true));
            Map<String, String> request = Gatehouse.clientCredentials(gatehouse.register("alex", new JsonObject()));
            String plain = gatehouse.proxyUrl("/api/oauth2/token");

            Http.send(Http.form(plain, request).header("X-Forwarded-Proto", "https"))
                    .isStatus(200);
            Http.send(Http.form(plain, request).header("X-Forwarded-Proto", "https, http"))
                    .isError(400, "access_denied", "Only one X-Forwarded-Proto header allowed");
            Http.send(Http.form(plain, request).header("X-Forwarded-Proto", "http"))
                    .isError(400, "access_denied", "You must use HTTPS");
            Http.send(Http.form(plain, request)).isError(400, "access_denied", "You must use HTTPS");
        }
    }
}
