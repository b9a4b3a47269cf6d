package io.gatehouse.conformance.auth;

import static io.gatehouse.conformance.auth.JwtApi.claims;
import static io.gatehouse.conformance.auth.JwtApi.secret;
import static io.gatehouse.conformance.auth.JwtApi.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the jwt plugin against Kong 3.9: where the token is, and its claims; RFC 7519. */
class JwtTest {
    private static JwtApi jwt;

    @BeforeAll
    static void start() {
        jwt = new JwtApi();
    }

    @AfterAll
    static void stop() {
        jwt.close();
    }

    private static long in(long seconds) {
        return System.currentTimeMillis() / 1000 + seconds;
    }

    @Test
    void aRequestWithoutATokenIsRejected() {
        Reply reply = jwt.api.gatehouse.get(jwt.path).isMessage(401, "Unauthorized");
        assertThat(reply.header("www-authenticate")).isEqualTo("Bearer");
        jwt.api.gatehouse.get(jwt.path, "Authorization", "Basic eDp5").isMessage(401, "Unauthorized");
    }

    /** Kong's jwt plugin responds with the message alone, in JSON. */
    @Test
    void anErrorIsAMessageWithoutARequestId() {
        for (String type : List.of("*/*", "text/html", "text/plain")) {
            Reply reply = jwt.api.gatehouse.get(jwt.path, "Accept", type).isStatus(401);
            assertThat(reply.json()).isEqualTo(new JsonObject().put("message", "Unauthorized"));
            assertThat(reply.hasHeader("X-Kong-Request-Id").header("content-type"))
                    .startsWith("application/json");
        }
        assertThat(jwt.call("x.y").isStatus(401).json().fieldNames()).containsExactly("message");
    }

    @Test
    void aHeaderNameWithUnderscoresAcceptsHyphens() {
        String named = jwt.api.protectedBy("jwt", new JsonObject().put("header_names", List.of("x_jwt")));
        jwt.api
                .gatehouse
                .get(named, "X-Jwt", "Bearer " + token(jwt.credential()))
                .isStatus(200);
    }

    @Test
    void theRealmIsNamedInTheChallenge() {
        String realm = jwt.api.protectedBy("jwt", new JsonObject().put("realm", "here"));
        assertThat(jwt.api.gatehouse.get(realm).header("www-authenticate")).isEqualTo("Bearer realm=\"here\"");
        assertThat(jwt.api.gatehouse.getWithToken(realm, "x").header("www-authenticate"))
                .isEqualTo("Bearer realm=\"here\", error=\"invalid_token\"");
    }

    @Test
    void aSignedTokenIsAcceptedAndTheUpstreamReceivesTheConsumer() {
        JsonObject credential = jwt.credential();

        Reply reply = jwt.call(token(credential)).isStatus(200);

        assertThat(reply.upstreamHeader("x-consumer-id"))
                .isEqualTo(credential.getJsonObject("consumer").getString("id"));
        assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo(credential.getString("key"));
    }

    @Test
    void aMalformedTokenIsRejected() {
        JsonObject credential = jwt.credential();
        jwt.call("nonsense").isMessage(401, "Bad token; invalid JSON");
        jwt.call("a.b.c").isMessage(401, "Bad token; invalid JSON");
        jwt.call(token(credential) + ".x").isMessage(401, "Bad token; invalid JSON");
        jwt.call(Jwts.encoded("[]") + "." + Jwts.encoded("{}") + ".x").isMessage(401, "Bad token; invalid JSON");
        JsonObject header = new JsonObject().put("alg", "HS256");
        jwt.call(Jwts.hmac(header.copy().put("typ", "JOSE"), "HS256", secret(credential), claims(credential)))
                .isMessage(401, "Bad token; invalid typ");
        jwt.call(Jwts.hmac(header.copy().put("crit", List.of("exp")), "HS256", secret(credential), claims(credential)))
                .isMessage(401, "Bad token; invalid crit");
    }

    @Test
    void theClaimThatIdentifiesTheCredentialIsMandatory() {
        byte[] secret = "secret".getBytes(UTF_8);
        jwt.call(Jwts.hmac("HS256", secret, new JsonObject())).isMessage(401, "No mandatory 'iss' in claims");
        jwt.call(Jwts.hmac("HS256", secret, new JsonObject().put("iss", ""))).isMessage(401, "Invalid 'iss' in claims");
        jwt.call(Jwts.hmac("HS256", secret, new JsonObject().put("iss", 7))).isMessage(401, "Invalid 'iss' in claims");
        jwt.call(Jwts.hmac("HS256", secret, new JsonObject().put("iss", "absent")))
                .isMessage(401, "No credentials found for given 'iss'");
    }

    @Test
    void anotherClaimOrTheHeaderCanIdentifyTheCredential() {
        String named = jwt.api.protectedBy("jwt", new JsonObject().put("key_claim_name", "kid"));
        JsonObject credential = jwt.credential();
        JsonObject header = new JsonObject().put("alg", "HS256").put("kid", credential.getString("key"));

        jwt.api
                .gatehouse
                .getWithToken(named, Jwts.hmac(header, "HS256", secret(credential), new JsonObject()))
                .isStatus(200);
        jwt.api.gatehouse.getWithToken(named, token(credential)).isMessage(401, "No mandatory 'kid' in claims");
    }

    @Test
    void configuredTimeClaimsAreVerified() {
        String verifying = jwt.api.protectedBy("jwt", new JsonObject().put("claims_to_verify", List.of("exp", "nbf")));
        JsonObject credential = jwt.credential();

        assertClaims(verifying, credential, in(60), in(-60), null);
        assertClaims(verifying, credential, in(-60), in(-60), "{\"exp\":\"token expired\"}");
        assertClaims(verifying, credential, in(60), in(60), "{\"nbf\":\"token not valid yet\"}");
        assertClaims(
                verifying, credential, in(-60), in(60), "{\"exp\":\"token expired\",\"nbf\":\"token not valid yet\"}");
        assertClaims(verifying, credential, "soon", in(-60), "{\"exp\":\"must be a number\"}");
        assertClaims(verifying, credential, null, in(-60), "{\"exp\":\"must be a number\"}");
        jwt.call(Jwts.hmac("HS256", secret(credential), claims(credential).put("exp", in(-60))))
                .isStatus(200);
    }

    @Test
    void aTokenBeyondTheMaximumExpirationIsRejected() {
        String limited = jwt.api.protectedBy(
                "jwt", new JsonObject().put("claims_to_verify", List.of("exp")).put("maximum_expiration", 300));
        JsonObject credential = jwt.credential();

        assertClaims(limited, credential, in(200), null, null);
        assertClaims(limited, credential, in(400), null, "{\"exp\":\"exceeds maximum allowed expiration\"}");
    }

    private static void assertClaims(
            String target,
            JsonObject credential,
            @Nullable Object exp,
            @Nullable Object nbf,
            @Nullable String refusal) {
        JsonObject claims = claims(credential);
        if (exp != null) {
            claims.put("exp", exp);
        }
        if (nbf != null) {
            claims.put("nbf", nbf);
        }
        Reply reply = jwt.api.gatehouse.getWithToken(target, Jwts.hmac("HS256", secret(credential), claims));
        if (refusal == null) {
            reply.isStatus(200);
        } else {
            assertThat(reply.isStatus(401).json()).isEqualTo(new JsonObject(refusal));
            assertThat(reply.header("www-authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
        }
    }

    @Test
    void aTokenIsAcceptedInTheQueryACookieOrAnotherHeader() {
        String open = jwt.api.protectedBy(
                "jwt",
                new JsonObject()
                        .put("uri_param_names", List.of("token"))
                        .put("cookie_names", List.of("session"))
                        .put("header_names", List.of("x-token")));
        String token = token(jwt.credential());

        jwt.api.gatehouse.get(open + "?token=" + token).isStatus(200);
        jwt.api.gatehouse.get(open, "Cookie", "a=b; session=" + token).isStatus(200);
        jwt.api.gatehouse.get(open, "X-Token", "bearer " + token).isStatus(200);
        jwt.api.gatehouse.getWithToken(open, token).isMessage(401, "Unauthorized");
        jwt.api.gatehouse.get(jwt.path + "?jwt=" + token).isStatus(200);
    }

    @Test
    void aRepeatedTokenCountsOnceAndTwoTokensAreRejected() {
        String token = token(jwt.credential());
        jwt.api.gatehouse.getWithToken(jwt.path + "?jwt=" + token, token).isStatus(200);
        jwt.api
                .gatehouse
                .getWithToken(jwt.path + "?jwt=" + token(jwt.credential()), token)
                .isMessage(401, "Multiple tokens provided");
    }

    @Test
    void changesTakeEffectImmediately() {
        JsonObject credential = jwt.credential();
        String token = token(credential);
        jwt.call(token).isStatus(200);

        jwt.api
                .gatehouse
                .admin("PATCH", "/jwts/" + credential.getString("id"), new JsonObject().put("secret", "changed"))
                .isStatus(200);
        jwt.call(token).isMessage(401, "Invalid signature");
        String changed = Jwts.hmac("HS256", "changed".getBytes(UTF_8), claims(credential));
        jwt.call(changed).isStatus(200);

        jwt.api.gatehouse.admin("DELETE", "/jwts/" + credential.getString("id")).isStatus(204);
        jwt.call(changed).isMessage(401, "No credentials found for given 'iss'");

        JsonObject of = jwt.credential();
        jwt.call(token(of)).isStatus(200);
        jwt.api
                .gatehouse
                .admin("DELETE", "/consumers/" + of.getJsonObject("consumer").getString("id"))
                .isStatus(204);
        jwt.call(token(of)).isMessage(401, "No credentials found for given 'iss'");
    }

    @Test
    void aMaximumExpirationRequiresExpInClaimsToVerify() {
        JsonObject plugin =
                new JsonObject().put("name", "jwt").put("config", new JsonObject().put("maximum_expiration", 300));
        jwt.api
                .gatehouse
                .admin("POST", "/services" + jwt.api.open() + "/plugins", plugin)
                .isMessage(
                        400,
                        "2 schema violations (failed conditional validation given value of field"
                                + " 'config.maximum_expiration'; config.claims_to_verify: expected to contain: exp)");
    }

    @Test
    void theSchemaContainsEveryDefault() {
        jwt.api.assertSchemaContainsEveryDefault("jwt", new JsonObject());
    }
}
