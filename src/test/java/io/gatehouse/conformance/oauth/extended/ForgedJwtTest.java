package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.JwtApi.claims;
import static io.gatehouse.conformance.oauth.extended.JwtApi.parsed;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests attacks on access tokens that are JWTs (RFC 9068 §5): no other text than an issued one is a token. */
class ForgedJwtTest {
    private static JwtApi api;

    @BeforeAll
    static void start() {
        api = new JwtApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static void isRefused(String token) {
        api.oauth.call(token).isStatus(401);
        assertThat(api.introspect(token)).isEqualTo(new JsonObject().put("active", false));
        api.oauth
                .token(ExchangeApi.request(api.oauth.application, token))
                .isError(400, "invalid_request", "Invalid subject_token");
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String signed(JWSHeader.Builder header, JWSSigner signer, JWTClaimsSet claims) throws JOSEException {
        SignedJWT forged =
                new SignedJWT(header.type(new JOSEObjectType("at+jwt")).build(), claims);
        forged.sign(signer);
        return forged.serialize();
    }

    /** A token that lives, with another owner and another scope. */
    private static JWTClaimsSet widened(String token) {
        return new JWTClaimsSet.Builder(claims(token))
                .subject("victim")
                .claim("scope", "email profile")
                .build();
    }

    @Test
    void alteredToken_isUnknown() {
        String token = api.token();
        String[] parts = token.split("\\.", -1);
        String payload = encoded(widened(token).toString());

        isRefused(parts[0] + "." + payload + "." + parts[2]);
        isRefused(encoded("{\"typ\":\"at+jwt\",\"alg\":\"none\"}") + "." + payload + ".");
        isRefused(encoded("{\"typ\":\"at+jwt\",\"alg\":\"none\"}") + "." + parts[1] + ".");
        isRefused(parts[0] + "." + parts[1] + ".");
        isRefused(token + "=");
        isRefused(token.substring(0, token.length() - 1));
        api.oauth.call(token).isStatus(200);
    }

    @Test
    void tokenOfAnotherKey_isUnknown() throws JOSEException {
        String token = api.token();
        String kid = parsed(token).getHeader().getKeyID();
        RSAKey own = Assertions.key("RS256", kid).toRSAKey();

        isRefused(signed(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(kid), new RSASSASigner(own), widened(token)));
        isRefused(signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(own.toPublicJWK()),
                new RSASSASigner(own),
                widened(token)));
        isRefused(signed(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(kid), new RSASSASigner(own), claims(token)));
    }

    @Test
    void publicKeyAsTheSecretOfAnHmac_signsNoToken() throws JOSEException {
        String token = api.token();
        RSAKey published =
                api.keySet().getKeyByKeyId(parsed(token).getHeader().getKeyID()).toRSAKey();
        for (byte[] secret : new byte[][] {
            published.toJSONString().getBytes(StandardCharsets.UTF_8),
            published.toRSAPublicKey().getEncoded()
        }) {
            isRefused(signed(new JWSHeader.Builder(JWSAlgorithm.HS256), new MACSigner(secret), widened(token)));
        }
    }

    @Test
    void idOfAToken_isNoToken() {
        isRefused(claims(api.token()).getJWTID());
    }

    /** By the row: a client that keeps the JWT cannot make it live longer. */
    @Test
    void expiredToken_isRefused() throws SQLException {
        String token = api.token();
        String id = claims(token).getJWTID();
        api.execute("UPDATE oauth2_tokens SET created_at = created_at - 7300 WHERE id = '" + id + "'");
        // It evicts the state of the token, which is cached since its issue.
        api.oauth
                .gatehouse
                .admin("PATCH", "/oauth2_tokens/" + id, new JsonObject().put("expires_in", 7_100))
                .isStatus(200);

        isRefused(token);
    }

    @Test
    void tokenOfAnotherApi_isRefused() {
        api.oauth.gatehouse.createApi("other", "/other", api.oauth.upstream.port());
        api.oauth.gatehouse.protect("other", JwtApi.config());

        api.oauth.gatehouse.getWithToken("/other", api.token()).isStatus(401);
    }
}
