package io.gatehouse.conformance.auth;

import static io.gatehouse.conformance.auth.JwtApi.claims;
import static io.gatehouse.conformance.auth.JwtApi.secret;
import static io.gatehouse.conformance.auth.JwtApi.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the keys, the algorithms and the signatures of the jwt plugin against Kong 3.9; RFC 7515, RFC 8725. */
class JwtSignatureTest {
    private static JwtApi jwt;

    @BeforeAll
    static void start() {
        jwt = new JwtApi();
    }

    @AfterAll
    static void stop() {
        jwt.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS256", "HS384", "HS512"})
    void everySharedSecretAlgorithmVerifies(String algorithm) {
        JsonObject credential =
                jwt.credential(new JsonObject().put("algorithm", algorithm).put("secret", "short"));
        String good = Jwts.hmac(algorithm, secret(credential), claims(credential));
        String bad = Jwts.hmac(algorithm, "other".getBytes(UTF_8), claims(credential));

        jwt.call(good).isStatus(200);
        Reply refused = jwt.call(bad).isMessage(401, "Invalid signature");
        assertThat(refused.header("www-authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"})
    void everyPublicKeyAlgorithmVerifies(String algorithm) {
        KeyPair keys = Jwts.keys(algorithm);
        JsonObject credential =
                jwt.credential(new JsonObject().put("algorithm", algorithm).put("rsa_public_key", Jwts.pem(keys)));

        jwt.call(Jwts.signed(algorithm, keys, claims(credential))).isStatus(200);
        jwt.call(Jwts.signed(algorithm, Jwts.keys(algorithm), claims(credential)))
                .isMessage(401, "Invalid signature");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "Ed448"})
    void everyEdwardsCurveVerifies(String curve) {
        KeyPair keys = Jwts.keys(curve);
        JsonObject credential =
                jwt.credential(new JsonObject().put("algorithm", "EdDSA").put("rsa_public_key", Jwts.pem(keys)));
        String good = Jwts.signed("EdDSA", keys, claims(credential));

        jwt.call(good).isStatus(200);
        for (String other : List.of("Ed25519", "Ed448")) {
            jwt.call(Jwts.signed("EdDSA", Jwts.keys(other), claims(credential))).isMessage(401, "Invalid signature");
        }
        jwt.call(good.substring(0, good.lastIndexOf('.') + 5)).isMessage(401, "Invalid signature");
        jwt.call(Jwts.hmac("HS256", Jwts.pem(keys).getBytes(UTF_8), claims(credential)))
                .isMessage(401, "Invalid algorithm");
    }

    /** RS256 and PS256 have the same keys: a signature of the one must not count for the other. */
    @Test
    void aSignatureOfAnotherRsaSchemeIsInvalid() {
        KeyPair keys = Jwts.keys("RS256");
        JsonObject credential =
                jwt.credential(new JsonObject().put("algorithm", "PS256").put("rsa_public_key", Jwts.pem(keys)));
        String padded = Jwts.signed("RS256", keys, claims(credential));

        jwt.call(padded).isMessage(401, "Invalid algorithm");
        String claimed =
                Jwts.encoded(new JsonObject().put("alg", "PS256").encode()) + padded.substring(padded.indexOf('.'));
        jwt.call(claimed).isMessage(401, "Invalid signature");
    }

    @Test
    void theAlgorithmIsTheCredentialsAndNotTheTokens() {
        KeyPair keys = Jwts.keys("RS256");
        String pem = Jwts.pem(keys);
        JsonObject rsa =
                jwt.credential(new JsonObject().put("algorithm", "RS256").put("rsa_public_key", pem));
        JsonObject shared = jwt.credential();

        // The public key as the secret of an HS token; CVE-2015-9235.
        jwt.call(Jwts.hmac("HS256", pem.getBytes(UTF_8), claims(rsa))).isMessage(401, "Invalid algorithm");
        jwt.call(Jwts.hmac("HS256", rsa.getString("secret").getBytes(UTF_8), claims(rsa)))
                .isMessage(401, "Invalid algorithm");
        jwt.call(Jwts.signed("RS512", keys, claims(rsa))).isMessage(401, "Invalid algorithm");
        jwt.call(Jwts.signed("RS256", keys, claims(shared))).isMessage(401, "Invalid algorithm");
        jwt.call(Jwts.hmac("HS512", secret(shared), claims(shared))).isMessage(401, "Invalid algorithm");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "HS1", "PS1", "eddsa", "Ed25519", ""})
    void noneAndUnknownAlgorithmsAreRejected(String algorithm) {
        JsonObject credential = jwt.credential();
        JsonObject header = new JsonObject().put("alg", algorithm);
        jwt.call(Jwts.hmac(header, "HS256", secret(credential), claims(credential)))
                .isMessage(401, "Bad token; invalid alg");
        String unsigned = Jwts.encoded(header.encode()) + "."
                + Jwts.encoded(claims(credential).encode()) + ".";
        jwt.call(unsigned).isMessage(401, "Bad token; invalid alg");
    }

    @Test
    void aTokenWithoutASignatureIsRejected() {
        String token = token(jwt.credential());
        jwt.call(token.substring(0, token.lastIndexOf('.') + 1)).isMessage(401, "Bad token; invalid signature");
    }

    @Test
    void anEllipticSignatureOfZerosIsInvalid() {
        JsonObject credential = jwt.credential(
                new JsonObject().put("algorithm", "ES256").put("rsa_public_key", Jwts.pem(Jwts.keys("ES256"))));
        String signingInput = Jwts.encoded("{\"alg\":\"ES256\"}") + "."
                + Jwts.encoded(claims(credential).encode());
        // CVE-2022-21449: r and s of zero.
        jwt.call(signingInput + "." + Jwts.encoded("\0".repeat(64))).isMessage(401, "Invalid signature");
    }

    @Test
    void aSecretCanBeStoredInBase64() {
        String encoded = jwt.api.protectedBy("jwt", new JsonObject().put("secret_is_base64", true));
        byte[] secret = {0, -1, -2, 62, 63, 5, 6};
        for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            JsonObject credential = jwt.credential(new JsonObject().put("secret", encoder.encodeToString(secret)));
            jwt.api
                    .gatehouse
                    .getWithToken(encoded, Jwts.hmac("HS256", secret, claims(credential)))
                    .isStatus(200);
        }
        JsonObject broken = jwt.credential(new JsonObject().put("secret", "?"));
        jwt.api.gatehouse.getWithToken(encoded, token(broken)).isMessage(401, "Invalid key/secret");
    }

    @Test
    void aPublicKeyIsRequiredAndChecked() {
        String place = "/consumers/" + jwt.api.consumer() + "/jwt";
        JsonObject rsa = new JsonObject().put("algorithm", "RS256");
        jwt.api
                .gatehouse
                .admin("POST", place, rsa)
                .isMessage(
                        400,
                        "2 schema violations (failed conditional validation given value of field 'algorithm';"
                                + " rsa_public_key: required field missing)");
        jwt.api
                .gatehouse
                .admin("POST", place, rsa.copy().put("rsa_public_key", "nonsense"))
                .isMessage(
                        400,
                        "2 schema violations (failed conditional validation given value of field 'algorithm';"
                                + " rsa_public_key: invalid key)");
        jwt.api
                .gatehouse
                .admin("POST", place, rsa.copy().put("rsa_public_key", Jwts.pem(Jwts.keys("ES256"))))
                .isMessage(400, "schema violation (rsa_public_key: invalid key for algorithm RS256)");
        JsonObject curve = new JsonObject().put("algorithm", "ES512");
        jwt.api
                .gatehouse
                .admin("POST", place, curve.copy().put("rsa_public_key", Jwts.pem(Jwts.keys("ES256"))))
                .isMessage(400, "schema violation (rsa_public_key: invalid key for algorithm ES512)");
        jwt.api
                .gatehouse
                .admin("POST", place, new JsonObject().put("algorithm", "none"))
                .isStatus(400);
    }

    @Test
    void anRsaKeyHasAtMost8192Bits() throws GeneralSecurityException {
        String place = "/consumers/" + jwt.api.consumer() + "/jwt";
        JsonObject rsa = new JsonObject().put("algorithm", "RS256");
        jwt.api
                .gatehouse
                .admin("POST", place, rsa.copy().put("rsa_public_key", rsaKey(8_192)))
                .isStatus(201);
        jwt.api
                .gatehouse
                .admin("POST", place, rsa.copy().put("rsa_public_key", rsaKey(8_193)))
                .isMessage(400, "schema violation (rsa_public_key: an RSA key has at most 8192 bits)");
    }

    private static String rsaKey(int bits) throws GeneralSecurityException {
        BigInteger modulus = BigInteger.TWO.pow(bits - 1).add(BigInteger.ONE);
        PublicKey key =
                KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65_537)));
        return Jwts.pem(key);
    }
}
