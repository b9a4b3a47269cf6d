package io.gatehouse.conformance.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which tokens the openid-connect plugin accepts; {@link OpenIdProviderTest} tests what it does with a provider. */
class OpenIdConnectTest extends OpenIdFixture {
    private static RSAKey rsa;
    private static ECKey curve;

    @BeforeAll
    static void generateKeys() throws JOSEException {
        rsa = new RSAKeyGenerator(2_048).keyID("rsa").generate();
        curve = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
    }

    @BeforeEach
    void publishKeys() {
        idp.published = List.of(rsa, curve);
    }

    private JsonObject config() {
        return new JsonObject().put("issuer", idp.issuer()).put("rediscovery_lifetime", 3_600);
    }

    private String token(JsonObject claims) {
        return IdentityProvider.sign(rsa, JWSAlgorithm.RS256, claims);
    }

    private static Reply call(String path, String token) {
        return api.gatehouse.get(path, "Authorization", "Bearer " + token);
    }

    private static void isInvalid(Reply reply) {
        reply.isStatus(401);
        assertThat(reply.header("www-authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
        assertThat(reply.json()).isEqualTo(new JsonObject().put("message", "Unauthorized"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS512", "PS256"})
    void aTokenOfAnRsaKeyIsAccepted(String algorithm) {
        String path = api.protectedBy("openid-connect", config());
        call(path, IdentityProvider.sign(rsa, JWSAlgorithm.parse(algorithm), idp.claims()))
                .isStatus(200);
    }

    @Test
    void aTokenBehindATabIsReadAndHidden() {
        String path = api.protectedBy("openid-connect", config().put("hide_credentials", true));
        String token = token(idp.claims());
        RawClient.Answer answer = RawClient.send(
                api.gatehouse,
                "GET " + path + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer\t" + token
                        + "\r\nConnection: close\r\n\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).doesNotContain(token);
    }

    @Test
    void aTokenOfACurveIsAccepted() {
        String path = api.protectedBy("openid-connect", config());
        call(path, IdentityProvider.sign(curve, JWSAlgorithm.ES256, idp.claims()))
                .isStatus(200);
    }

    @Test
    void aTokenOfAnEdwardsCurveIsAcceptedAndAForgedOneIsRejected() throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        JsonObject jwk = new JsonObject()
                .put("kty", "OKP")
                .put("crv", "Ed25519")
                .put("kid", "ed")
                .put("x", base64(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)));
        idp.keys = request -> request.response()
                .end(new JsonObject().put("keys", new JsonArray().add(jwk)).encode());
        String path = api.protectedBy("openid-connect", config());
        String input = base64("{\"alg\":\"EdDSA\",\"kid\":\"ed\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64(idp.claims().encode().getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(input.getBytes(StandardCharsets.US_ASCII));
        byte[] good = signature.sign();

        call(path, input + "." + base64(good)).isStatus(200);
        good[3] ^= 1;
        isInvalid(call(path, input + "." + base64(good)));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Test
    void aRequestWithoutATokenIsChallenged() {
        String path = api.protectedBy("openid-connect", config());
        Reply reply = api.gatehouse.get(path).isStatus(401);
        assertThat(reply.header("www-authenticate")).isEqualTo("Bearer");
        assertThat(idp.keyReads.get()).isZero();
    }

    @Test
    void aTokenThatNamesAWeakOrNoAlgorithmIsRejected() throws JOSEException {
        String path = api.protectedBy("openid-connect", config());
        String none = base64("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64(idp.claims().encode().getBytes(StandardCharsets.UTF_8)) + ".";
        isInvalid(call(path, none));

        // RFC 8725 §2.1: the public key as the secret of an HMAC.
        JWSObject confused = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa").build(),
                new Payload(idp.claims().encode()));
        confused.sign(new MACSigner(rsa.toRSAPublicKey().getEncoded()));
        isInvalid(call(path, confused.serialize()));
    }

    @Test
    void aTokenOfAnotherKeyWithTheSameIdIsRejected() throws JOSEException {
        String path = api.protectedBy("openid-connect", config());
        RSAKey other = new RSAKeyGenerator(2_048).keyID("rsa").generate();
        isInvalid(call(path, IdentityProvider.sign(other, JWSAlgorithm.RS256, idp.claims())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"iss", "exp"})
    void aTokenWithoutARequiredClaimIsRejected(String claim) {
        String path = api.protectedBy("openid-connect", config());
        JsonObject claims = idp.claims();
        claims.remove(claim);
        isInvalid(call(path, token(claims)));
    }

    @Test
    void aTokenOfAnotherIssuerOrKindIsRejected() {
        String path = api.protectedBy("openid-connect", config());
        isInvalid(call(path, token(idp.claims().put("iss", idp.issuer() + "/"))));
        isInvalid(call(path, IdentityProvider.signAs("logout+jwt", rsa, JWSAlgorithm.RS256, idp.claims())));
        isInvalid(call(path, token(idp.claims().put("cnf", new JsonObject().put("jkt", "a thumbprint")))));
        call(path, IdentityProvider.signAs("at+jwt", rsa, JWSAlgorithm.RS256, idp.claims()))
                .isStatus(200);
    }

    @Test
    void aClockThatIsAnHourOffRejectsTokensUnlessTheLeewayCoversIt() {
        String strict = api.protectedBy("openid-connect", config());
        String lenient = api.protectedBy("openid-connect", config().put("leeway", 4_000));
        long now = System.currentTimeMillis() / 1_000;
        String expired = token(idp.claims().put("exp", now - 3_600));
        String early = token(idp.claims().put("nbf", now + 3_600).put("exp", now + 7_200));

        for (String token : List.of(expired, early)) {
            isInvalid(call(strict, token));
            call(lenient, token).isStatus(200);
            // The cached result does not make it valid for the strict plugin.
            isInvalid(call(strict, token));
        }
    }

    @Test
    void requiredScopesAreAlternativesOfWords() {
        String path = api.protectedBy(
                "openid-connect",
                config().put(
                                "scopes_required",
                                new JsonArray().add("read write").add("admin")));
        call(path, token(idp.claims().put("scope", "write read more"))).isStatus(200);
        call(path, token(idp.claims().put("scope", new JsonArray().add("admin"))))
                .isStatus(200);
        for (JsonObject claims : List.of(idp.claims(), idp.claims().put("scope", "read administrator"))) {
            Reply reply = call(path, token(claims)).isStatus(403);
            assertThat(reply.header("www-authenticate")).isEqualTo("Bearer error=\"insufficient_scope\"");
            assertThat(reply.json()).isEqualTo(new JsonObject().put("message", "Forbidden"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"audience", "roles", "groups"})
    void aRequiredClaimIsReadAtItsPath(String kind) {
        String path = api.protectedBy(
                "openid-connect",
                config().put(kind + "_required", new JsonArray().add("x"))
                        .put(kind + "_claim", new JsonArray().add("outer").add("inner")));
        call(path, token(idp.claims().put("outer", new JsonObject().put("inner", new JsonArray().add("x")))))
                .isStatus(200);
        call(path, token(idp.claims().put("outer", "x"))).isStatus(403);
    }

    @Test
    void claimsReplaceTheClientsHeadersAndControlCharactersAreNotSent() {
        String path = api.protectedBy(
                "openid-connect",
                config().put(
                                "upstream_headers_claims",
                                new JsonArray().add("name").add("evil").add("absent"))
                        .put(
                                "upstream_headers_names",
                                new JsonArray().add("x-name").add("x-evil").add("x-absent")));
        String token = token(idp.claims().put("name", "Änne").put("evil", "a\r\nx-admin: 1"));
        Reply reply = api.gatehouse
                .get(
                        path,
                        "Authorization",
                        "Bearer " + token,
                        "x-name",
                        "forged",
                        "x-evil",
                        "forged",
                        "x-absent",
                        "forged",
                        "X_Absent",
                        "forged",
                        "x_Name",
                        "forged")
                .isStatus(200);
        String name = reply.upstreamHeader("x-name");
        assertThat(name).isNotNull();
        assertThat(new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                .isEqualTo("Änne");
        assertThat(reply.upstreamHeader("x-evil")).isNull();
        assertThat(reply.upstreamHeader("x-absent")).isNull();
        // Many servers take an underscore for a hyphen.
        assertThat(reply.upstreamHeader("x_absent")).isNull();
        assertThat(reply.upstreamHeader("x_name")).isNull();
        assertThat(reply.upstreamHeader("x-admin")).isNull();
    }

    @Test
    void theAnonymousConsumerReplacesARejection() {
        String consumer = api.consumer();
        String path = api.protectedBy("openid-connect", config().put("anonymous", consumer));
        assertThat(api.gatehouse.get(path).isStatus(200).upstreamHeader("x-consumer-username"))
                .isEqualTo(consumer);
        assertThat(call(path, token(idp.claims())).isStatus(200).upstreamHeader("x-anonymous-consumer"))
                .isNull();
    }

    @Test
    void severalAuthorizationHeadersReachNoUpstream_whenCredentialsAreHidden() {
        String path = api.protectedBy(
                "openid-connect", config().put("anonymous", api.consumer()).put("hide_credentials", true));
        Reply reply = api.gatehouse.get(path, "Authorization", "Bearer one", "Authorization", "Bearer two");
        assertThat(reply.isStatus(200).upstreamHeader("authorization")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://h/x", "http://u:p@h/x", "http://h/x?y", "nonsense"})
    void anIssuerOfAnotherSchemeIsRefused(String issuer) {
        JsonObject plugin =
                new JsonObject().put("name", "openid-connect").put("config", new JsonObject().put("issuer", issuer));
        api.gatehouse.admin("POST", "/plugins", plugin).isStatus(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scopes_required", "audience_required"})
    void aBlankRequirementIsRefused(String field) {
        JsonObject plugin = new JsonObject()
                .put("name", "openid-connect")
                .put("config", config().put(field, new JsonArray().add(" ")));
        api.gatehouse.admin("POST", "/plugins", plugin).isStatus(400);
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("openid-connect", new JsonObject().put("issuer", idp.issuer()));
    }
}
