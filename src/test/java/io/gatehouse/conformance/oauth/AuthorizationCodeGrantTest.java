package io.gatehouse.conformance.oauth;

import static io.gatehouse.conformance.oauth.OAuthApi.REDIRECT_URI;
import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static io.gatehouse.conformance.oauth.OAuthApi.parameters;
import static io.gatehouse.conformance.oauth.OAuthApi.queryOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** RFC 6749 §4.1, RFC 7636; docs/reference/oauth2.md#authorization-endpoint, docs/reference/oauth2.md#token-endpoint. */
class AuthorizationCodeGrantTest {
    private static final String VERIFIER = "a-verifier-of-at-least-forty-three-characters-0";

    private static OAuthApi api;
    private static JsonObject publicClient;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject());
        publicClient = api.gatehouse.register(
                "phone", new JsonObject().put("client_type", "public").put("redirect_uris", List.of(REDIRECT_URI)));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Map<String, String> exchange(String code, String... more) {
        Map<String, String> parameters = api.asClient(more);
        parameters.put("grant_type", "authorization_code");
        parameters.put("code", code);
        return parameters;
    }

    private static String challenge(String verifier) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aCodeIsExchangedForATokenPairThatNamesTheOwner() {
        Reply reply = api.token(exchange(api.code("scope", "email profile"))).isStatus(200);

        assertThat(reply.json().getString("refresh_token")).matches("[A-Za-z0-9]{32}");
        assertThat(reply.json().getInteger("expires_in")).isEqualTo(7200);
        Reply call = api.call(reply.json().getString("access_token")).isStatus(200);
        assertThat(call.upstreamHeader("x-authenticated-userid")).isEqualTo("owner-1");
        assertThat(call.upstreamHeader("x-authenticated-scope")).isEqualTo("email profile");
    }

    @Test
    void theCodeComesInTheRedirectUriWithTheState() {
        Reply reply = api.authorize(api.agreed("code", "state", "a b&c")).isStatus(200);

        String uri = reply.json().getString("redirect_uri");
        assertThat(uri).startsWith(REDIRECT_URI + "?code=");
        assertThat(queryOf(uri)).containsEntry("state", "a b&c").hasSize(2);
        assertThat(reply.json().fieldNames()).containsExactly("redirect_uri");
        assertThat(reply.header("cache-control")).isEqualTo("no-store");
    }

    @Test
    void aCodeWorksOnceAndItsReplayRevokesWhatItGave() {
        String code = api.code();
        JsonObject tokens = api.token(exchange(code)).isStatus(200).json();
        api.call(tokens.getString("access_token")).isStatus(200);

        api.token(exchange(code)).isError(400, "invalid_request", "Invalid code");

        api.call(tokens.getString("access_token")).isStatus(401);
        api.refresh(tokens.getString("refresh_token")).isError(400, "invalid_request", "Invalid refresh_token");
    }

    @Test
    void ofTwoRedemptionsAtTheSameMomentExactlyOneSucceeds() {
        for (int round = 0; round < 100; round++) {
            String code = api.code();
            List<CompletableFuture<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                replies.add(Http.sendAsync(Http.form(api.gatehouse.secureUrl("/api/oauth2/token"), exchange(code))));
            }
            assertThat(replies.stream().map(CompletableFuture::join).map(Reply::status))
                    .containsExactlyInAnyOrder(200, 400);
        }
    }

    @Test
    void anotherClientsCodeIsInvalidAndStaysGood() {
        JsonObject other =
                api.gatehouse.register("someone-else", new JsonObject().put("redirect_uris", List.of(REDIRECT_URI)));
        String code = api.code();

        api.token(asClient(other, "grant_type", "authorization_code", "code", code))
                .isError(400, "invalid_request", "Invalid code");

        api.token(exchange(code)).isStatus(200);
    }

    @Test
    void unknownAndMissingCodesAreInvalid() {
        api.token(exchange("nonsense")).isError(400, "invalid_request", "Invalid code");
        api.token(exchange("")).isError(400, "invalid_request", "Invalid code");
    }

    @Test
    void theRedirectUriOfTheExchangeMustBeARegisteredOne() {
        api.token(exchange(api.code(), "redirect_uri", "http://evil.test/"))
                .isError(
                        400,
                        "invalid_request",
                        "Invalid redirect_uri that does not match with any redirect_uri created with the application");
    }

    @Test
    void theProvisionKeyIsCheckedFirst() {
        Map<String, String> parameters = api.agreed("nonsense");
        parameters.put("provision_key", "wrong");
        api.authorize(parameters).isError(400, "invalid_provision_key", "Invalid provision_key");
    }

    @Test
    void theOwnerMustBeNamed() {
        Map<String, String> parameters = api.agreed("code");
        parameters.put("authenticated_userid", " ");
        api.authorize(parameters)
                .isError(400, "invalid_authenticated_userid", "Missing authenticated_userid parameter");
    }

    @Test
    void anErrorIsSentToTheRedirectUriOfAKnownClient() {
        Reply reply = api.authorize(api.agreed("code", "scope", "wrong", "state", "s"))
                .isStatus(400);

        assertThat(queryOf(reply.json().getString("redirect_uri")))
                .containsEntry("error", "invalid_scope")
                .containsEntry("error_description", "\"wrong\" is an invalid scope")
                .containsEntry("state", "s");
    }

    @Test
    void anUnregisteredRedirectUriGetsNothing() {
        Reply reply = api.authorize(api.agreed("code", "redirect_uri", "http://evil.test/"));

        reply.isError(
                400,
                "invalid_request",
                "Invalid redirect_uri that does not match with any redirect_uri created with the application");
        assertThat(reply.text()).doesNotContain("evil.test");
    }

    @Test
    void anUnknownClientIsRefusedInTheBody() {
        api.authorize(api.agreed("code", "client_id", "unknown"))
                .isError(400, "invalid_client", "Invalid client authentication");
    }

    @Test
    void anUnknownResponseTypeIsUnsupported() {
        Reply reply = api.authorize(api.agreed("nonsense")).isStatus(400);

        assertThat(queryOf(reply.json().getString("redirect_uri")))
                .containsEntry("error", "unsupported_response_type")
                .containsEntry("error_description", "Invalid response_type");
    }

    @Test
    void aPublicClientNeedsAChallenge() {
        Reply reply = api.authorize(api.agreed("code", "client_id", publicClient.getString("client_id")));

        assertThat(queryOf(reply.isStatus(400).json().getString("redirect_uri")))
                .containsEntry("error", "invalid_request")
                .containsEntry("error_description", "code_challenge is required for public clients");
    }

    @Test
    void aPublicClientProvesItselfWithTheVerifier() {
        String code =
                api.code("client_id", publicClient.getString("client_id"), "code_challenge", challenge(VERIFIER) + "=");

        api.token(asClient(publicClient, "grant_type", "authorization_code", "code", code))
                .isError(400, "invalid_request", "code_verifier is required for PKCE authorization requests");
        api.token(asClient(
                        publicClient, "grant_type", "authorization_code", "code", code, "code_verifier", "too-short"))
                .isError(400, "invalid_request", "code_verifier must be between 43 and 128 characters");
        api.token(asClient(
                        publicClient,
                        "grant_type",
                        "authorization_code",
                        "code",
                        code,
                        "code_verifier",
                        VERIFIER + "x"))
                .isError(400, "invalid_grant", "Invalid code");
        api.token(asClient(publicClient, "grant_type", "authorization_code", "code", code, "code_verifier", VERIFIER))
                .isStatus(200);
    }

    @Test
    void onlyS256IsAChallengeMethod() {
        Reply plain = api.authorize(api.agreed("code", "code_challenge", VERIFIER, "code_challenge_method", "plain"));
        assertThat(queryOf(plain.isStatus(400).json().getString("redirect_uri")))
                .containsEntry("error_description", "code_challenge_method is not supported, must be S256");

        Reply alone = api.authorize(api.agreed("code", "code_challenge_method", "S256"));
        assertThat(queryOf(alone.isStatus(400).json().getString("redirect_uri")))
                .containsEntry("error_description", "code_challenge is required when code_method is present");
    }

    @Test
    void aSecretIsDisallowedForPublicClients() {
        api.token(parameters(
                        "grant_type",
                        "authorization_code",
                        "client_id",
                        publicClient.getString("client_id"),
                        "client_secret",
                        "anything"))
                .isError(400, "invalid_request", "client_secret is disallowed for public clients");
    }
}
