package io.gatehouse.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.security.KeyPair;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the jwt plugin against Kong 3.9; RFC 7515, RFC 7519, RFC 8725. */
class JwtTest {
    private static PluginApi api;
    private static String path;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        path = api.protectedBy("jwt", new JsonObject());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static JsonObject credential(JsonObject wanted) {
        return api.gatehouse.create("/consumers/" + api.consumer() + "/jwt", wanted);
    }

    private static JsonObject credential() {
        return credential(new JsonObject());
    }

    private static JsonObject claims(JsonObject credential) {
        return new JsonObject().put("iss", credential.getString("key"));
    }

    private static byte[] secret(JsonObject credential) {
        return credential.getString("secret").getBytes(UTF_8);
    }

    private static String token(JsonObject credential) {
        return Jwts.hmac("HS256", secret(credential), claims(credential));
    }

    private static Reply call(String token) {
        return api.gatehouse.getWithToken(path, token);
    }

    private static long in(long seconds) {
        return System.currentTimeMillis() / 1000 + seconds;
    }

    @Test
    void aRequestWithoutATokenIsRejected() {
        Reply reply = api.gatehouse.get(path).isMessage(401, "Unauthorized");
        assertThat(reply.header("www-authenticate")).isEqualTo("Bearer");
        api.gatehouse.get(path, "Authorization", "Basic eDp5").isMessage(401, "Unauthorized");
    }

    /** Kong's jwt plugin responds with the message alone, in JSON. */
    @Test
    void anErrorIsAMessageWithoutARequestId() {
        for (String type : List.of("*/*", "text/html", "text/plain")) {
            Reply reply = api.gatehouse.get(path, "Accept", type).isStatus(401);
            assertThat(reply.json()).isEqualTo(new JsonObject().put("message", "Unauthorized"));
            assertThat(reply.hasHeader("X-Kong-Request-Id").header("content-type"))
                    .startsWith("application/json");
        }
        assertThat(call("x.y").isStatus(401).json().fieldNames()).containsExactly("message");
    }

    @Test
    void aHeaderNameWithUnderscoresAcceptsHyphens() {
        String named = api.protectedBy("jwt", new JsonObject().put("header_names", List.of("x_jwt")));
        api.gatehouse.get(named, "X-Jwt", "Bearer " + token(credential())).isStatus(200);
    }

    @Test
    void theRealmIsNamedInTheChallenge() {
        String realm = api.protectedBy("jwt", new JsonObject().put("realm", "here"));
        assertThat(api.gatehouse.get(realm).header("www-authenticate")).isEqualTo("Bearer realm=\"here\"");
        assertThat(api.gatehouse.getWithToken(realm, "x").header("www-authenticate"))
                .isEqualTo("Bearer realm=\"here\", error=\"invalid_token\"");
    }

    @Test
    void aSignedTokenIsAcceptedAndTheUpstreamReceivesTheConsumer() {
        JsonObject credential = credential();

        Reply reply = call(token(credential)).isStatus(200);

        assertThat(reply.upstreamHeader("x-consumer-id"))
                .isEqualTo(credential.getJsonObject("consumer").getString("id"));
        assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo(credential.getString("key"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS256", "HS384", "HS512"})
    void everySharedSecretAlgorithmVerifies(String algorithm) {
        JsonObject credential =
                credential(new JsonObject().put("algorithm", algorithm).put("secret", "short"));
        String good = Jwts.hmac(algorithm, secret(credential), claims(credential));
        String bad = Jwts.hmac(algorithm, "other".getBytes(UTF_8), claims(credential));

        call(good).isStatus(200);
        Reply refused = call(bad).isMessage(401, "Invalid signature");
        assertThat(refused.header("www-authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"})
    void everyPublicKeyAlgorithmVerifies(String algorithm) {
        KeyPair keys = Jwts.keys(algorithm);
        JsonObject credential =
                credential(new JsonObject().put("algorithm", algorithm).put("rsa_public_key", Jwts.pem(keys)));

        call(Jwts.signed(algorithm, keys, claims(credential))).isStatus(200);
        call(Jwts.signed(algorithm, Jwts.keys(algorithm), claims(credential))).isMessage(401, "Invalid signature");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "Ed448"})
    void everyEdwardsCurveVerifies(String curve) {
        KeyPair keys = Jwts.keys(curve);
        JsonObject credential =
                credential(new JsonObject().put("algorithm", "EdDSA").put("rsa_public_key", Jwts.pem(keys)));
        String good = Jwts.signed("EdDSA", keys, claims(credential));

        call(good).isStatus(200);
        for (String other : List.of("Ed25519", "Ed448")) {
            call(Jwts.signed("EdDSA", Jwts.keys(other), claims(credential))).isMessage(401, "Invalid signature");
        }
        call(good.substring(0, good.lastIndexOf('.') + 5)).isMessage(401, "Invalid signature");
        call(Jwts.hmac("HS256", Jwts.pem(keys).getBytes(UTF_8), claims(credential)))
                .isMessage(401, "Invalid algorithm");
    }

    /** RS256 and PS256 have the same keys: a signature of the one must not count for the other. */
    @Test
    void aSignatureOfAnotherRsaSchemeIsInvalid() {
        KeyPair keys = Jwts.keys("RS256");
        JsonObject credential =
                credential(new JsonObject().put("algorithm", "PS256").put("rsa_public_key", Jwts.pem(keys)));
        String padded = Jwts.signed("RS256", keys, claims(credential));

        call(padded).isMessage(401, "Invalid algorithm");
        String claimed =
                Jwts.encoded(new JsonObject().put("alg", "PS256").encode()) + padded.substring(padded.indexOf('.'));
        call(claimed).isMessage(401, "Invalid signature");
    }

    @Test
    void theAlgorithmIsTheCredentialsAndNotTheTokens() {
        KeyPair keys = Jwts.keys("RS256");
        String pem = Jwts.pem(keys);
        JsonObject rsa = credential(new JsonObject().put("algorithm", "RS256").put("rsa_public_key", pem));
        JsonObject shared = credential();

        // The public key as the secret of an HS token; CVE-2015-9235.
        call(Jwts.hmac("HS256", pem.getBytes(UTF_8), claims(rsa))).isMessage(401, "Invalid algorithm");
        call(Jwts.hmac("HS256", rsa.getString("secret").getBytes(UTF_8), claims(rsa)))
                .isMessage(401, "Invalid algorithm");
        call(Jwts.signed("RS512", keys, claims(rsa))).isMessage(401, "Invalid algorithm");
        call(Jwts.signed("RS256", keys, claims(shared))).isMessage(401, "Invalid algorithm");
        call(Jwts.hmac("HS512", secret(shared), claims(shared))).isMessage(401, "Invalid algorithm");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "HS1", "PS1", "eddsa", "Ed25519", ""})
    void noneAndUnknownAlgorithmsAreRejected(String algorithm) {
        JsonObject credential = credential();
        JsonObject header = new JsonObject().put("alg", algorithm);
        call(Jwts.hmac(header, "HS256", secret(credential), claims(credential)))
                .isMessage(401, "Bad token; invalid alg");
        String unsigned = Jwts.encoded(header.encode()) + "."
                + Jwts.encoded(claims(credential).encode()) + ".";
        call(unsigned).isMessage(401, "Bad token; invalid alg");
    }

    @Test
    void aTokenWithoutASignatureIsRejected() {
        String token = token(credential());
        call(token.substring(0, token.lastIndexOf('.') + 1)).isMessage(401, "Bad token; invalid signature");
    }

    @Test
    void anEllipticSignatureOfZerosIsInvalid() {
        JsonObject credential = credential(
                new JsonObject().put("algorithm", "ES256").put("rsa_public_key", Jwts.pem(Jwts.keys("ES256"))));
        String signingInput = Jwts.encoded("{\"alg\":\"ES256\"}") + "."
                + Jwts.encoded(claims(credential).encode());
        // CVE-2022-21449: r and s of zero.
        call(signingInput + "." + Jwts.encoded("\0".repeat(64))).isMessage(401, "Invalid signature");
    }

    @Test
    void aMalformedTokenIsRejected() {
        JsonObject credential = credential();
        call("nonsense").isMessage(401, "Bad token; invalid JSON");
        call("a.b.c").isMessage(401, "Bad token; invalid JSON");
        call(token(credential) + ".x").isMessage(401, "Bad token; invalid JSON");
        call(Jwts.encoded("[]") + "." + Jwts.encoded("{}") + ".x").isMessage(401, "Bad token; invalid JSON");
        JsonObject header = new JsonObject().put("alg", "HS256");
        call(Jwts.hmac(header.copy().put("typ", "JOSE"), "HS256", secret(credential), claims(credential)))
                .isMessage(401, "Bad token; invalid typ");
        call(Jwts.hmac(header.copy().put("crit", List.of("exp")), "HS256", secret(credential), claims(credential)))
                .isMessage(401, "Bad token; invalid crit");
    }

    @Test
    void theClaimThatIdentifiesTheCredentialIsMandatory() {
        byte[] secret = "secret".getBytes(UTF_8);
        call(Jwts.hmac("HS256", secret, new JsonObject())).isMessage(401, "No mandatory 'iss' in claims");
        call(Jwts.hmac("HS256", secret, new JsonObject().put("iss", ""))).isMessage(401, "Invalid 'iss' in claims");
        call(Jwts.hmac("HS256", secret, new JsonObject().put("iss", 7))).isMessage(401, "Invalid 'iss' in claims");
        call(Jwts.hmac("HS256", secret, new JsonObject().put("iss", "absent")))
                .isMessage(401, "No credentials found for given 'iss'");
    }

    @Test
    void anotherClaimOrTheHeaderCanIdentifyTheCredential() {
        String named = api.protectedBy("jwt", new JsonObject().put("key_claim_name", "kid"));
        JsonObject credential = credential();
        JsonObject header = new JsonObject().put("alg", "HS256").put("kid", credential.getString("key"));

        api.gatehouse
                .getWithToken(named, Jwts.hmac(header, "HS256", secret(credential), new JsonObject()))
                .isStatus(200);
        api.gatehouse.getWithToken(named, token(credential)).isMessage(401, "No mandatory 'kid' in claims");
    }

    @Test
    void configuredTimeClaimsAreVerified() {
        String verifying = api.protectedBy("jwt", new JsonObject().put("claims_to_verify", List.of("exp", "nbf")));
        JsonObject credential = credential();

        assertClaims(verifying, credential, in(60), in(-60), null);
        assertClaims(verifying, credential, in(-60), in(-60), "{\"exp\":\"token expired\"}");
        assertClaims(verifying, credential, in(60), in(60), "{\"nbf\":\"token not valid yet\"}");
        assertClaims(
                verifying, credential, in(-60), in(60), "{\"exp\":\"token expired\",\"nbf\":\"token not valid yet\"}");
        assertClaims(verifying, credential, "soon", in(-60), "{\"exp\":\"must be a number\"}");
        assertClaims(verifying, credential, null, in(-60), "{\"exp\":\"must be a number\"}");
        call(Jwts.hmac("HS256", secret(credential), claims(credential).put("exp", in(-60))))
                .isStatus(200);
    }

    @Test
    void aTokenBeyondTheMaximumExpirationIsRejected() {
        String limited = api.protectedBy(
                "jwt", new JsonObject().put("claims_to_verify", List.of("exp")).put("maximum_expiration", 300));
        JsonObject credential = credential();

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
        Reply reply = api.gatehouse.getWithToken(target, Jwts.hmac("HS256", secret(credential), claims));
        if (refusal == null) {
            reply.isStatus(200);
        } else {
            assertThat(reply.isStatus(401).json()).isEqualTo(new JsonObject(refusal));
            assertThat(reply.header("www-authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
        }
    }

    @Test
    void aTokenIsAcceptedInTheQueryACookieOrAnotherHeader() {
        String open = api.protectedBy(
                "jwt",
                new JsonObject()
                        .put("uri_param_names", List.of("token"))
                        .put("cookie_names", List.of("session"))
                        .put("header_names", List.of("x-token")));
        String token = token(credential());

        api.gatehouse.get(open + "?token=" + token).isStatus(200);
        api.gatehouse.get(open, "Cookie", "a=b; session=" + token).isStatus(200);
        api.gatehouse.get(open, "X-Token", "bearer " + token).isStatus(200);
        api.gatehouse.getWithToken(open, token).isMessage(401, "Unauthorized");
        api.gatehouse.get(path + "?jwt=" + token).isStatus(200);
    }

    @Test
    void aRepeatedTokenCountsOnceAndTwoTokensAreRejected() {
        String token = token(credential());
        api.gatehouse.getWithToken(path + "?jwt=" + token, token).isStatus(200);
        api.gatehouse
                .getWithToken(path + "?jwt=" + token(credential()), token)
                .isMessage(401, "Multiple tokens provided");
    }

    @Test
    void aSecretCanBeStoredInBase64() {
        String encoded = api.protectedBy("jwt", new JsonObject().put("secret_is_base64", true));
        byte[] secret = {0, -1, -2, 62, 63, 5, 6};
        for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            JsonObject credential = credential(new JsonObject().put("secret", encoder.encodeToString(secret)));
            api.gatehouse
                    .getWithToken(encoded, Jwts.hmac("HS256", secret, claims(credential)))
                    .isStatus(200);
        }
        JsonObject broken = credential(new JsonObject().put("secret", "?"));
        api.gatehouse.getWithToken(encoded, token(broken)).isMessage(401, "Invalid key/secret");
    }

    @Test
    void changesTakeEffectImmediately() {
        JsonObject credential = credential();
        String token = token(credential);
        call(token).isStatus(200);

        api.gatehouse
                .admin("PATCH", "/jwts/" + credential.getString("id"), new JsonObject().put("secret", "changed"))
                .isStatus(200);
        call(token).isMessage(401, "Invalid signature");
        String changed = Jwts.hmac("HS256", "changed".getBytes(UTF_8), claims(credential));
        call(changed).isStatus(200);

        api.gatehouse.admin("DELETE", "/jwts/" + credential.getString("id")).isStatus(204);
        call(changed).isMessage(401, "No credentials found for given 'iss'");

        JsonObject of = credential();
        call(token(of)).isStatus(200);
        api.gatehouse
                .admin("DELETE", "/consumers/" + of.getJsonObject("consumer").getString("id"))
                .isStatus(204);
        call(token(of)).isMessage(401, "No credentials found for given 'iss'");
    }

    @Test
    void aPublicKeyIsRequiredAndChecked() {
        String place = "/consumers/" + api.consumer() + "/jwt";
        JsonObject rsa = new JsonObject().put("algorithm", "RS256");
        api.gatehouse
                .admin("POST", place, rsa)
                .isMessage(
                        400,
                        "2 schema violations (failed conditional validation given value of field 'algorithm';"
                                + " rsa_public_key: required field missing)");
        api.gatehouse
                .admin("POST", place, rsa.copy().put("rsa_public_key", "nonsense"))
                .isMessage(
                        400,
                        "2 schema violations (failed conditional validation given value of field 'algorithm';"
                                + " rsa_public_key: invalid key)");
        api.gatehouse
                .admin("POST", place, rsa.copy().put("rsa_public_key", Jwts.pem(Jwts.keys("ES256"))))
                .isMessage(400, "schema violation (rsa_public_key: invalid key for algorithm RS256)");
        JsonObject curve = new JsonObject().put("algorithm", "ES512");
        api.gatehouse
                .admin("POST", place, curve.copy().put("rsa_public_key", Jwts.pem(Jwts.keys("ES256"))))
                .isMessage(400, "schema violation (rsa_public_key: invalid key for algorithm ES512)");
        api.gatehouse
                .admin("POST", place, new JsonObject().put("algorithm", "none"))
                .isStatus(400);
    }

    @Test
    void aMaximumExpirationRequiresExpInClaimsToVerify() {
        JsonObject plugin =
                new JsonObject().put("name", "jwt").put("config", new JsonObject().put("maximum_expiration", 300));
        api.gatehouse
                .admin("POST", "/services" + api.open() + "/plugins", plugin)
                .isMessage(
                        400,
                        "2 schema violations (failed conditional validation given value of field"
                                + " 'config.maximum_expiration'; config.claims_to_verify: expected to contain: exp)");
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("jwt", new JsonObject());
    }
}
