package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.OAuthApi.PROVISION_KEY;
import static io.gatehouse.conformance.oauth.OAuthApi.REDIRECT_URI;
import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static io.gatehouse.conformance.oauth.OAuthApi.parameters;
import static io.gatehouse.conformance.oauth.OAuthApi.queryOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests pushed authorization requests (RFC 9126) and attacks on them. */
class PushedRequestTest {
    private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private static OAuthApi api;
    private static JsonObject open;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject().put("enable_par", true));
        open = api.gatehouse.register(
                "open", new JsonObject().put("client_type", "public").put("redirect_uris", List.of(REDIRECT_URI)));
        api.gatehouse.createApi("other", "/other", api.upstream.port());
        api.gatehouse.protect("other", OAuthApi.allGrants().put("enable_par", true));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Reply push(String... namesAndValues) {
        Map<String, String> parameters = api.asClient(namesAndValues);
        parameters.putIfAbsent("response_type", "code");
        return api.post("par", parameters);
    }

    private static String pushed(String... namesAndValues) {
        return push(namesAndValues).isStatus(201).json().getString("request_uri");
    }

    /** What the login backend sends of a browser's request: the client and the reference. */
    private static Map<String, String> agreed(String uri, String... namesAndValues) {
        Map<String, String> parameters = parameters(namesAndValues);
        parameters.putIfAbsent("client_id", api.application.getString("client_id"));
        parameters.put("request_uri", uri);
        parameters.put("provision_key", PROVISION_KEY);
        parameters.put("authenticated_userid", "owner-1");
        return parameters;
    }

    private static Reply read(String uri) {
        return api.post("par", parameters("request_uri", uri, "provision_key", PROVISION_KEY));
    }

    private static void isUnknown(Reply reply) {
        reply.isError(400, "invalid_request_uri", "Invalid request_uri");
    }

    @Test
    void pushedRequest_givesACodeForItsParameters() {
        Reply reply = push("scope", "email", "state", "s", "code_challenge", CHALLENGE)
                .isStatus(201);
        assertThat(reply.json().getInteger("expires_in")).isEqualTo(600);
        String uri = reply.json().getString("request_uri");
        assertThat(uri).matches("urn:ietf:params:oauth:request_uri:[A-Za-z0-9]{32}");

        Map<String, String> query =
                queryOf(api.authorize(agreed(uri)).isStatus(200).json().getString("redirect_uri"));

        assertThat(query).containsEntry("state", "s");
        Map<String, String> redemption = api.asClient("grant_type", "authorization_code", "code", query.get("code"));
        api.token(redemption).isStatus(400);
        redemption.put("code_verifier", VERIFIER);
        String access = api.token(redemption).isStatus(200).json().getString("access_token");
        assertThat(api.call(access).isStatus(200).upstreamHeader("x-authenticated-scope"))
                .isEqualTo("email");
    }

    @Test
    void loginBackend_readsTheParametersWithoutSecrets() {
        String uri = pushed("scope", "email", "login_hint", "alex");

        JsonObject shown = read(uri).isStatus(200).json();

        assertThat(shown)
                .isEqualTo(new JsonObject()
                        .put("client_id", api.application.getString("client_id"))
                        .put("response_type", "code")
                        .put("scope", "email")
                        .put("login_hint", "alex"));
        api.post("par", parameters("request_uri", uri, "provision_key", "wrong"))
                .isError(400, "invalid_provision_key", "Invalid provision_key");
        // Reading uses nothing up.
        api.authorize(agreed(uri)).isStatus(200);
        isUnknown(read(uri));
    }

    @Test
    void publicClient_pushesWithItsId() {
        Map<String, String> parameters = asClient(open, "response_type", "code", "code_challenge", CHALLENGE);
        String uri = api.post("par", parameters).isStatus(201).json().getString("request_uri");

        api.authorize(agreed(uri, "client_id", open.getString("client_id"))).isStatus(200);
        parameters.remove("code_challenge");
        api.post("par", parameters).isError(400, "invalid_request", "code_challenge is required for public clients");
    }

    @Test
    void parametersBesideTheReference_doNotCount() {
        String uri = pushed("scope", "email", "state", "pushed");

        Reply reply = api.authorize(agreed(
                        uri,
                        "scope",
                        "profile",
                        "state",
                        "changed",
                        "redirect_uri",
                        "http://attacker.test/",
                        "response_type",
                        "token"))
                .isStatus(200);

        String redirect = reply.json().getString("redirect_uri");
        assertThat(redirect).startsWith(REDIRECT_URI + "?");
        assertThat(queryOf(redirect)).containsEntry("state", "pushed");
        String access = api.token(api.asClient(
                        "grant_type",
                        "authorization_code",
                        "code",
                        queryOf(redirect).get("code")))
                .isStatus(200)
                .json()
                .getString("access_token");
        assertThat(api.call(access).upstreamHeader("x-authenticated-scope")).isEqualTo("email");
    }

    @Test
    void client_cannotPushTheResourceOwner() {
        String uri = pushed("authenticated_userid", "administrator");

        assertThat(read(uri).json().containsKey("authenticated_userid")).isFalse();
        Map<String, String> withoutOwner = agreed(uri);
        withoutOwner.remove("authenticated_userid");
        api.authorize(withoutOwner)
                .isError(400, "invalid_authenticated_userid", "Missing authenticated_userid parameter");
        String code = queryOf(api.authorize(agreed(uri)).isStatus(200).json().getString("redirect_uri"))
                .get("code");
        String access = api.token(api.asClient("grant_type", "authorization_code", "code", code))
                .isStatus(200)
                .json()
                .getString("access_token");
        assertThat(api.call(access).upstreamHeader("x-authenticated-userid")).isEqualTo("owner-1");
    }

    @Test
    void reference_isUsedOnceByItsClientAtItsPlugin() throws SQLException {
        String uri = pushed();
        isUnknown(api.authorize(agreed(uri, "client_id", open.getString("client_id"))));
        Map<String, String> withoutClient = agreed(uri);
        withoutClient.remove("client_id");
        isUnknown(api.authorize(withoutClient));
        isUnknown(Http.send(Http.form(api.gatehouse.secureUrl("/other/oauth2/authorize"), agreed(uri))));
        for (String other : List.of("urn:ietf:params:oauth:request_uri:x", "https://attacker.test/request", "x")) {
            isUnknown(api.authorize(agreed(other)));
        }

        api.authorize(agreed(uri)).isStatus(200);
        isUnknown(api.authorize(agreed(uri)));

        String expired = pushed();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:" + api.postgres.url(), api.postgres.user(), api.postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE oauth2_pushed_requests SET delete_at = 1");
        }
        isUnknown(api.authorize(agreed(expired)));
        isUnknown(read(expired));
    }

    /** RFC 6749 §3.1. */
    @Test
    void emptyParameters_countAsOmitted() {
        String uri = pushed("request_uri", "", "code_challenge", "", "code_challenge_method", "", "redirect_uri", "");
        assertThat(read(uri).isStatus(200).json().containsKey("request_uri")).isFalse();
        Map<String, String> query =
                queryOf(api.authorize(agreed(uri)).isStatus(200).json().getString("redirect_uri"));

        api.token(api.asClient("grant_type", "authorization_code", "code", query.get("code")))
                .isStatus(200);
        push("code_challenge", "", "code_challenge_method", "S256")
                .isError(400, "invalid_request", "code_challenge is required when code_method is present");
        Map<String, String> ofPublicClient = asClient(open, "response_type", "code", "code_challenge", "");
        api.post("par", ofPublicClient)
                .isError(400, "invalid_request", "code_challenge is required for public clients");
    }

    @Test
    void invalidRequest_isNotStored() {
        push("scope", "none").isError(400, "invalid_scope", "\"none\" is an invalid scope");
        push("response_type", "none").isError(400, "unsupported_response_type", "Invalid response_type");
        // The host counts in a request without the provision key, also if it names an owner.
        for (String owner : List.of("", "owner-1")) {
            push("resource", "https://other.example/api", "authenticated_userid", owner)
                    .isError(400, "invalid_target", "The requested resource is not served here");
        }
        push("request_uri", "urn:ietf:params:oauth:request_uri:x")
                .isError(400, "invalid_request", "request_uri cannot be pushed");
        push("redirect_uri", "http://attacker.test/")
                .isError(
                        400,
                        "invalid_request",
                        "Invalid redirect_uri that does not match with any redirect_uri created with the application");
        push("login_hint", "x".repeat(8_192))
                .isError(413, "invalid_request", "The parameters have more than 8192 characters");
        Map<String, String> guessed = api.asClient("response_type", "code");
        guessed.put("client_secret", "wrong");
        api.post("par", guessed).isError(400, "invalid_client", "Invalid client authentication");
        Http.send(Http.get(api.gatehouse.secureUrl("/api/oauth2/par")))
                .isError(
                        405,
                        "invalid_method",
                        "The HTTP method GET is invalid for the pushed authorization request endpoint");
    }

    @Test
    void endpoint_isPublishedAndServedOnlyWhereItIsEnabled() {
        String issuer = api.gatehouse.secureUrl("/api");
        assertThat(Http.send(Http.get(issuer + "/.well-known/oauth-authorization-server"))
                        .json()
                        .getString("pushed_authorization_request_endpoint"))
                .isEqualTo(issuer + "/oauth2/par");
        api.gatehouse.createApi("without", "/without", api.upstream.port());
        api.gatehouse.protect("without", OAuthApi.allGrants());
        String without = api.gatehouse.secureUrl("/without");
        assertThat(Http.send(Http.get(without + "/.well-known/oauth-authorization-server"))
                        .text())
                .doesNotContain("pushed");
        // An API call without a token.
        Http.send(Http.form(without + "/oauth2/par", api.asClient("response_type", "code")))
                .isStatus(401);
    }
}
