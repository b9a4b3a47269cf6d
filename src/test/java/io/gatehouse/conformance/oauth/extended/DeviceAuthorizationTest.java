package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.OAuthApi.PROVISION_KEY;
import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static io.gatehouse.conformance.oauth.OAuthApi.parameters;
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
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests device authorization (RFC 8628) and attacks on it. */
class DeviceAuthorizationTest {
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";
    private static final String PAGE = "https://login.example/device?theme=dark&scope=tv";

    private static OAuthApi api;
    private static JsonObject device;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject()
                .put("enable_device_authorization", true)
                .put("verification_uri", PAGE)
                .put("failed_secrets_per_minute", 5));
        device = api.gatehouse.register(
                "television", new JsonObject().put("client_type", "public").put("redirect_uris", List.of()));
        api.gatehouse.createApi("other", "/other", api.upstream.port());
        api.gatehouse.protect(
                "other",
                new JsonObject().put("enable_device_authorization", true).put("verification_uri", PAGE));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static JsonObject begin(String... namesAndValues) {
        return api.post("device_authorization", asClient(device, namesAndValues))
                .isStatus(200)
                .json();
    }

    private static Map<String, String> ofBackend(String userCode, String... namesAndValues) {
        Map<String, String> parameters = parameters(namesAndValues);
        parameters.put("user_code", userCode);
        parameters.putIfAbsent("authenticated_userid", "owner-1");
        parameters.put("provision_key", PROVISION_KEY);
        return parameters;
    }

    private static Reply approve(JsonObject codes) {
        return api.authorize(ofBackend(codes.getString("user_code")));
    }

    private static Reply poll(JsonObject codes) {
        return api.token(asClient(device, "grant_type", GRANT, "device_code", codes.getString("device_code")));
    }

    private static void isPending(Reply reply) {
        reply.isError(400, "authorization_pending", "The resource owner has not decided yet");
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:" + api.postgres.url(), api.postgres.user(), api.postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void approvedDevice_getsTokens() throws SQLException {
        JsonObject codes = begin("scope", "email");
        String userCode = codes.getString("user_code");
        assertThat(userCode).matches("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}");
        assertThat(codes.getString("verification_uri")).isEqualTo(PAGE);
        assertThat(codes.getString("verification_uri_complete")).isEqualTo(PAGE + "&user_code=" + userCode);
        assertThat(codes.getInteger("expires_in")).isEqualTo(600);
        assertThat(codes.getInteger("interval")).isEqualTo(5);
        isPending(poll(codes));
        // As an owner types it.
        String typed = " " + userCode.toLowerCase(Locale.ROOT).replace("-", " ");
        assertThat(api.post("device_authorization", ofBackend(typed))
                        .isStatus(200)
                        .json())
                .isEqualTo(new JsonObject()
                        .put("client_id", device.getString("client_id"))
                        .put("scope", "email"));

        assertThat(api.authorize(ofBackend(typed)).isStatus(200).json()).isEqualTo(new JsonObject());

        JsonObject tokens = poll(codes).isStatus(200).json();
        Reply call = api.call(tokens.getString("access_token")).isStatus(200);
        assertThat(call.upstreamHeader("x-authenticated-userid")).isEqualTo("owner-1");
        assertThat(call.upstreamHeader("x-authenticated-scope")).isEqualTo("email");
        String next = api.token(asClient(
                        device, "grant_type", "refresh_token", "refresh_token", tokens.getString("refresh_token")))
                .isStatus(200)
                .json()
                .getString("access_token");
        // A replay ends the grant.
        poll(codes).isError(400, "invalid_grant", "Invalid device_code");
        api.call(next).isStatus(401);
    }

    @Test
    void deniedDevice_getsNone() {
        JsonObject codes = begin();
        api.authorize(ofBackend(codes.getString("user_code"), "error", "server_error"))
                .isError(400, "invalid_request", "error can only be access_denied");

        api.authorize(ofBackend(codes.getString("user_code"), "error", "access_denied"))
                .isStatus(200);

        poll(codes).isError(400, "access_denied", "The resource owner has denied the request");
        approve(codes).isError(400, "invalid_request", "Invalid user_code");
    }

    @Test
    void hastyDevice_isSlowedDown() throws SQLException {
        JsonObject codes = begin();
        isPending(poll(codes));
        poll(codes).isError(400, "slow_down", "The interval is 5 seconds longer from now on");
        execute("UPDATE oauth2_device_codes SET polled_at = polled_at - 6");
        poll(codes).isError(400, "slow_down", "The interval is 5 seconds longer from now on");
        execute("UPDATE oauth2_device_codes SET polled_at = polled_at - 16");
        isPending(poll(codes));
    }

    @Test
    void expiredCode_isNotApproved() throws SQLException {
        JsonObject codes = begin();
        execute("UPDATE oauth2_device_codes SET expires_at = 1 WHERE approved IS NULL");

        approve(codes).isError(400, "invalid_request", "Invalid user_code");
        poll(codes).isError(400, "expired_token", "The device_code has expired");
    }

    @Test
    void code_isOfItsClientAndPlugin() {
        JsonObject codes = begin();
        String deviceCode = codes.getString("device_code");
        api.token(api.asClient("grant_type", GRANT, "device_code", deviceCode))
                .isError(400, "invalid_grant", "Invalid device_code");
        api.gatehouse
                .token("/other", asClient(device, "grant_type", GRANT, "device_code", deviceCode))
                .isError(400, "invalid_grant", "Invalid device_code");
        Http.send(Http.form(
                        api.gatehouse.secureUrl("/other/oauth2/device_authorization"),
                        ofBackend(codes.getString("user_code"))))
                .isError(400, "invalid_provision_key", "Invalid provision_key");
        // Nor is it an authorization code, before or after the approval.
        Map<String, String> asCode = asClient(device, "grant_type", "authorization_code", "code", deviceCode);
        api.token(asCode).isStatus(400);
        approve(codes).isStatus(200);
        api.token(asCode).isStatus(400);
        poll(codes).isStatus(200);
    }

    /** RFC 8628 §3.4. A confidential client with a redirect URI needs neither a verifier nor the URI. */
    @Test
    void code_isNotRedeemedAsAuthorizationCode() {
        JsonObject codes =
                api.post("device_authorization", api.asClient()).isStatus(200).json();
        String deviceCode = codes.getString("device_code");
        approve(codes).isStatus(200);

        for (String code : List.of("device " + deviceCode, deviceCode)) {
            api.token(api.asClient("grant_type", "authorization_code", "code", code))
                    .isError(400, "invalid_request", "Invalid code");
        }

        api.token(api.asClient("grant_type", GRANT, "device_code", deviceCode)).isStatus(200);
    }

    @Test
    void decision_isMadeOnceByTheBackendAlone() {
        JsonObject codes = begin();
        Map<String, String> withoutKey = ofBackend(codes.getString("user_code"));
        withoutKey.put("provision_key", "guess");
        api.authorize(withoutKey).isError(400, "invalid_provision_key", "Invalid provision_key");
        isPending(poll(codes));

        approve(codes).isStatus(200);

        api.authorize(ofBackend(codes.getString("user_code"), "authenticated_userid", "attacker"))
                .isError(400, "invalid_request", "Invalid user_code");
        String access = poll(codes).isStatus(200).json().getString("access_token");
        assertThat(api.call(access).upstreamHeader("x-authenticated-userid")).isEqualTo("owner-1");
    }

    /** A login page may pass on every parameter of a link, to which an attacker adds the code of a device. */
    @Test
    void userCodeInAnAuthorizationRequest_approvesNothing() {
        JsonObject codes = begin();
        String userCode = codes.getString("user_code");
        for (Map<String, String> request :
                List.of(api.agreed("code", "user_code", userCode), ofBackend(userCode, "request_uri", "x"))) {
            api.authorize(request)
                    .isError(400, "invalid_request", "user_code cannot be part of an authorization request");
        }
        isPending(poll(codes));
    }

    @Test
    void scopeOfTheBackend_doesNotCount() {
        JsonObject codes = begin("scope", "email");
        api.authorize(ofBackend(codes.getString("user_code"), "scope", "profile"))
                .isStatus(200);

        String access = poll(codes).isStatus(200).json().getString("access_token");
        assertThat(api.call(access).upstreamHeader("x-authenticated-scope")).isEqualTo("email");
    }

    @Test
    void guessedUserCodes_areSlowedDownForOneOwner() {
        JsonObject codes = begin();
        for (int i = 0; i < 5; i++) {
            api.authorize(ofBackend("BBBB-BBB" + "BCDFG".charAt(i), "authenticated_userid", "guesser"))
                    .isError(400, "invalid_request", "Invalid user_code");
        }

        api.authorize(ofBackend(codes.getString("user_code"), "authenticated_userid", "guesser"))
                .isError(429, "slow_down", "Too many wrong user codes");
        approve(codes).isStatus(200);
    }

    @Test
    void invalidRequest_getsNoCodes() {
        api.post("device_authorization", asClient(device, "scope", "none"))
                .isError(400, "invalid_scope", "\"none\" is an invalid scope");
        api.post("device_authorization", asClient(device, "resource", "https://other.example"))
                .isError(400, "invalid_target", "The requested resource is not served here");
        api.post(
                        "device_authorization",
                        asClient(device, "resource", "https://other.example/api", "authenticated_userid", "owner-1"))
                .isError(400, "invalid_target", "The requested resource is not served here");
        api.post("device_authorization", parameters("client_id", "unknown"))
                .isError(400, "invalid_client", "Invalid client authentication");
        api.post("device_authorization", parameters("provision_key", PROVISION_KEY, "authenticated_userid", "o"))
                .isError(400, "invalid_request", "Missing user_code parameter");
        api.token(asClient(device, "grant_type", GRANT))
                .isError(400, "invalid_request", "Missing device_code parameter");
        api.token(asClient(device, "grant_type", GRANT, "device_code", "unknown"))
                .isError(400, "invalid_grant", "Invalid device_code");
    }

    @Test
    void grant_isPublishedAndServedOnlyWhereItIsEnabled() {
        String issuer = api.gatehouse.secureUrl("/api");
        JsonObject metadata = Http.send(Http.get(issuer + "/.well-known/oauth-authorization-server"))
                .json();
        assertThat(metadata.getString("device_authorization_endpoint"))
                .isEqualTo(issuer + "/oauth2/device_authorization");
        assertThat(metadata.getJsonArray("grant_types_supported")).contains(GRANT);
        api.gatehouse.createApi("without", "/without", api.upstream.port());
        api.gatehouse.protect("without", new JsonObject());
        String without = api.gatehouse.secureUrl("/without");
        assertThat(Http.send(Http.get(without + "/.well-known/oauth-authorization-server"))
                        .text())
                .doesNotContain("device");
        Http.send(Http.form(without + "/oauth2/device_authorization", asClient(device)))
                .isStatus(401);
        api.gatehouse
                .token("/without", asClient(device, "grant_type", GRANT, "device_code", "x"))
                .isError(400, "unsupported_grant_type", "Invalid grant_type");
        Reply refused = api.gatehouse.admin(
                "POST",
                "/plugins",
                new JsonObject()
                        .put("name", "oauth2")
                        .put("config", new JsonObject().put("enable_device_authorization", true)));
        refused.isStatus(400);
        assertThat(refused.json()
                        .getJsonObject("fields")
                        .getJsonObject("config")
                        .getString("verification_uri"))
                .isEqualTo("required field missing");
    }
}
