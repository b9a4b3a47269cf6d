package io.gatehouse.conformance.oauth;

import static io.gatehouse.conformance.oauth.OAuthApi.REDIRECT_URI;
import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static io.gatehouse.conformance.oauth.OAuthApi.parameters;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** An authorization code is redeemed with the redirect URI and the verifier of its request alone (RFC 6749 §4.1.3, RFC 7636 §4.6). */
class CodeRedemptionTest {
    private static final String OTHER_URI = "https://client.test/callback?x=1";
    private static final String VERIFIER = "a-verifier-of-at-least-forty-three-characters-0";

    private static OAuthApi api;
    private static JsonObject twoUris;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject().put("failed_secrets_per_minute", 0));
        twoUris =
                api.gatehouse.register("two", new JsonObject().put("redirect_uris", List.of(REDIRECT_URI, OTHER_URI)));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void code_isNotRedeemedWithVerifier_whenItWasIssuedWithoutChallenge() {
        api.token(redemption(api.application, api.code(), "code_verifier", VERIFIER))
                .isError(400, "invalid_grant", "Invalid code");
    }

    @Test
    void replay_isCountedOnce_whenTheClientRepeatsIt() {
        Map<String, String> redemption = redemption(api.application, api.code());
        JsonObject tokens = api.token(redemption).isStatus(200).json();

        api.token(redemption).isError(400, "invalid_request", "Invalid code");
        api.call(tokens.getString("access_token")).isStatus(401);
        List<String> revoked = revokedFamilies();
        assertThat(revoked).hasSize(1);

        // The client presents its code again, and the grant has ended.
        api.token(redemption).isError(400, "invalid_request", "Invalid code");
        assertThat(revokedFamilies()).isEqualTo(revoked);
    }

    private static List<String> revokedFamilies() {
        return Http.send(Http.get(api.gatehouse.statusUrl("/metrics")))
                .text()
                .lines()
                .filter(line -> line.startsWith("gatehouse_token_families_revoked_total{"))
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> code_isBoundToTheRedirectUriOfItsRequest() {
        record Row(String asked, String shown, boolean isGood) {}
        return Stream.of(
                        new Row(OTHER_URI, OTHER_URI, true),
                        new Row(OTHER_URI, REDIRECT_URI, false),
                        new Row(OTHER_URI, null, false),
                        new Row(REDIRECT_URI, OTHER_URI, false),
                        new Row(REDIRECT_URI, "", false),
                        new Row(null, null, true),
                        new Row(null, REDIRECT_URI, true),
                        new Row(null, OTHER_URI, false))
                .map(row -> DynamicTest.dynamicTest(row.toString(), () -> {
                    Map<String, String> asked = api.agreed("code", "client_id", twoUris.getString("client_id"));
                    if (row.asked != null) {
                        asked.put("redirect_uri", row.asked);
                    }
                    String code = OAuthApi.queryOf(
                                    api.authorize(asked).isStatus(200).json().getString("redirect_uri"))
                            .get("code");
                    Map<String, String> shown = redemption(twoUris, code);
                    if (row.shown != null) {
                        shown.put("redirect_uri", row.shown);
                    }
                    Reply reply = api.token(shown);
                    if (row.isGood) {
                        reply.isStatus(200);
                    } else {
                        reply.isError(400, "invalid_request", "Invalid redirect_uri of the authorization code");
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> challenge_is43To128UnreservedCharacters() {
        return Stream.of(
                        "c",
                        "x".repeat(42),
                        "x".repeat(129),
                        "x".repeat(42) + "é",
                        "x".repeat(42) + " ",
                        "x".repeat(43) + "!")
                .map(challenge -> DynamicTest.dynamicTest(challenge, () -> {
                    Reply reply = api.authorize(api.agreed("code", "code_challenge", challenge))
                            .isStatus(400);
                    assertThat(OAuthApi.queryOf(reply.json().getString("redirect_uri")))
                            .containsEntry("error", "invalid_request")
                            .containsEntry(
                                    "error_description",
                                    "code_challenge must be 43 to 128 characters of A-Z, a-z, 0-9, '-', '.', '_', '~'");
                }));
    }

    @TestFactory
    Stream<DynamicTest> verifier_isUnreservedCharacters() {
        return Stream.of("é".repeat(43), "x".repeat(42) + "+", "x".repeat(43) + " ")
                .map(verifier -> DynamicTest.dynamicTest(verifier, () -> {
                    String code = api.code("code_challenge", s256(verifier));
                    api.token(redemption(api.application, code, "code_verifier", verifier))
                            .isError(
                                    400,
                                    "invalid_request",
                                    "code_verifier must consist of A-Z, a-z, 0-9, '-', '.', '_', '~'");
                }));
    }

    private static Map<String, String> redemption(JsonObject client, String code, String... more) {
        Map<String, String> parameters = asClient(client, more);
        parameters.put("grant_type", "authorization_code");
        parameters.put("code", code);
        return parameters;
    }

    private static String s256(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
