package io.gatehouse.conformance.signin;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests how the openid-connect plugin authenticates itself as a client of the provider. */
class SignInClientTest extends SignInFixture {
    private Map<String, String> tokenRequest(JsonObject change) {
        String path = api.protectedBy("openid-connect", idp.config().mergeIn(change));
        browser.signIn(api.gatehouse.proxyUrl(path)).isStatus(200);
        return idp.tokenRequests.get(0);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void theClientAuthenticatesByItsSecret() throws JOSEException, ParseException {
        String pair = SignInProvider.CLIENT + ":" + SignInProvider.SECRET.replace(' ', '+');
        assertThat(tokenRequest(new JsonObject()))
                .containsEntry("authorization", "Basic " + base64(pair))
                .doesNotContainKey("client_secret");
        idp.tokenRequests.clear();
        assertThat(tokenRequest(new JsonObject().put("client_auth", List.of("client_secret_post"))))
                .containsEntry("client_secret", SignInProvider.SECRET)
                .containsEntry("client_id", SignInProvider.CLIENT)
                .doesNotContainKey("authorization");
        idp.tokenRequests.clear();
        SignedJWT assertion =
                SignedJWT.parse(tokenRequest(new JsonObject().put("client_auth", List.of("client_secret_jwt")))
                        .get("client_assertion"));
        assertThat(assertion.verify(new MACVerifier(SignInProvider.SECRET))).isTrue();
        assertThat(assertion.getJWTClaimsSet().getAudience()).containsExactly(idp.issuer() + "/token");
    }

    @Test
    void theClientAuthenticatesByItsKey() throws JOSEException, ParseException {
        RSAKey key = new RSAKeyGenerator(2_048).keyID("client").generate();
        JsonObject jwk = new JsonObject(key.toJSONString());
        SignedJWT assertion = SignedJWT.parse(tokenRequest(new JsonObject()
                        .put("client_auth", List.of("private_key_jwt"))
                        .put("client_jwk", new JsonArray().add(jwk)))
                .get("client_assertion"));
        assertThat(assertion.verify(new RSASSAVerifier(key.toRSAPublicKey()))).isTrue();
        assertThat(assertion.getHeader().getKeyID()).isEqualTo("client");
        assertThat(assertion.getJWTClaimsSet().getSubject()).isEqualTo(SignInProvider.CLIENT);
    }

    @Test
    void theClientAuthenticatesByAKeyOfACurve() throws JOSEException, ParseException {
        ECKey key = new ECKeyGenerator(Curve.P_256).keyID("curve").generate();
        JsonObject jwk = new JsonObject(key.toJSONString());
        // A key selects the method.
        JsonObject change = new JsonObject().putNull("client_secret").put("client_jwk", new JsonArray().add(jwk));
        SignedJWT assertion = SignedJWT.parse(tokenRequest(change).get("client_assertion"));
        assertThat(assertion.verify(new ECDSAVerifier(key.toECPublicKey()))).isTrue();
        assertThat(assertion.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.ES256);
        assertThat(assertion.getJWTClaimsSet().getJWTID()).isNotEmpty();
    }

    @Test
    void aConfigurationThatCannotSignInIsRefused() {
        api.gatehouse
                .admin(
                        "POST",
                        "/services" + api.open() + "/plugins",
                        new JsonObject()
                                .put("name", "openid-connect")
                                .put("config", idp.config().put("auth_methods", List.of("authorization_code"))))
                .isStatus(400);
        JsonObject withoutClient = idp.config();
        withoutClient.remove("client_id");
        api.gatehouse
                .admin(
                        "POST",
                        "/services" + api.open() + "/plugins",
                        new JsonObject().put("name", "openid-connect").put("config", withoutClient))
                .isStatus(400);
    }
}
