package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.AssertionApi.ISSUER;
import static io.gatehouse.conformance.oauth.extended.AssertionApi.isInvalid;
import static io.gatehouse.conformance.oauth.extended.AssertionApi.isUsed;
import static io.gatehouse.conformance.oauth.extended.AssertionApi.seconds;
import static io.gatehouse.conformance.oauth.extended.Assertions.claims;
import static io.gatehouse.conformance.oauth.extended.Assertions.request;
import static io.gatehouse.conformance.oauth.extended.Assertions.signed;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWK;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Tests attacks on the authentication by assertions (RFC 7521 §8, RFC 7523 §3, RFC 8725 §2). */
class ForgedAssertionTest {
    private static final JWK foreign = Assertions.key("ES256", "curve");

    private static AssertionApi api;

    @BeforeAll
    static void start() {
        api = new AssertionApi(0);
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @TestFactory
    Stream<DynamicTest> assertionOfAnotherSigner_isRefused() throws JOSEException {
        JsonObject claims = api.validClaims();
        JsonObject other = api.oauth.gatehouse.register("other", new JsonObject());
        String valid = signed("ES256", api.curve, claims);
        Map<String, String> forged = new LinkedHashMap<>();
        forged.put("another key with the same kid", signed("ES256", foreign, claims));
        forged.put("an unknown kid", signed("ES256", Assertions.key("ES256", "unknown"), claims));
        forged.put("the secret of another client", signed("HS256", other.getString("client_secret"), claims));
        forged.put(
                "the public key in PEM as a secret",
                signed("HS256", Jwts.pem(api.rsa.toRSAKey().toPublicKey()), claims));
        forged.put("the JWK Set as a secret", signed("HS256", Assertions.set(api.curve, api.rsa), claims));
        forged.put(
                "the public key as a secret with its kid",
                withHeader(
                        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa").build(),
                        api.rsa.toPublicJWK().toJSONString(),
                        claims));
        forged.put(
                "its own key in the header",
                Assertions.signed(
                        new JWSHeader.Builder(JWSAlgorithm.ES256)
                                .jwk(foreign.toPublicJWK())
                                .build(),
                        new ECDSASigner(foreign.toECKey()),
                        claims));
        forged.put(
                "the type of an access token",
                Assertions.signed(
                        new JWSHeader.Builder(JWSAlgorithm.ES256)
                                .keyID("curve")
                                .type(new JOSEObjectType("at+jwt"))
                                .build(),
                        new ECDSASigner(api.curve.toECKey()),
                        claims));
        forged.put("alg none", encoded("{\"alg\":\"none\"}") + "." + encoded(claims.encode()) + ".");
        forged.put("no signature", valid.substring(0, valid.lastIndexOf('.') + 1));
        forged.put("a changed claim", changed(valid, claims.copy().put("exp", seconds(100))));
        forged.put(
                "a changed algorithm",
                encoded("{\"alg\":\"RS256\",\"kid\":\"curve\"}") + valid.substring(valid.indexOf('.')));
        forged.put("no JWT", "x");
        forged.put("too long", signed("ES256", api.curve, claims.copy().put("x", "x".repeat(16_384))));
        forged.put("an unknown client", signed("ES256", api.curve, claims("unknown", ISSUER)));
        forged.put("no subject", signed("ES256", api.curve, claims.copy().putNull("sub")));
        return forged.entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> isInvalid(api.token(each.getValue()))));
    }

    /** The JDK's parser of certificates resolves host names that the sender chooses. */
    @Test
    void certificateInTheHeader_isNotRead() throws JOSEException {
        JWK certified = Assertions.certified("certified");
        JsonObject client = api.register(
                "certified",
                new JsonObject(),
                new JsonObject().put("jwks", Assertions.set(Assertions.withoutCertificate(certified))));
        JsonObject claims = claims(client.getString("client_id"), ISSUER);
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .keyID("certified")
                .jwk(certified.toPublicJWK())
                .build();

        isInvalid(api.token(Assertions.signed(header, new ECDSASigner(certified.toECKey()), claims)));
        api.token(signed("ES256", certified, claims)).isStatus(200);
    }

    private static String withHeader(JWSHeader header, String secret, JsonObject claims) throws JOSEException {
        return Assertions.signed(header, new MACSigner(secret.getBytes(StandardCharsets.UTF_8)), claims);
    }

    private static String changed(String assertion, JsonObject claims) {
        String[] parts = assertion.split("\\.", -1);
        return parts[0] + "." + encoded(claims.encode()) + "." + parts[2];
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void wrongAudience_isRefused() {
        for (Object audience : new Object[] {
            null,
            "",
            ISSUER + "/",
            "https://other.example",
            // The host that the client uses, which a malicious server could have sent it to.
            api.oauth.gatehouse.secureUrl("/api"),
            api.oauth.gatehouse.secureUrl("/api/oauth2/token"),
            new JsonArray(),
            JsonArray.of(ISSUER, "https://other.example"),
            new JsonArray().add(ISSUER).addNull(),
            new JsonObject().put(ISSUER, ISSUER)
        }) {
            isInvalid("aud", api.tokenWith("aud", audience));
        }
    }

    @Test
    void expiredOrLongLivedAssertion_isRefused() {
        for (Object end : new Object[] {null, seconds(-40), seconds(400), "never", Long.MAX_VALUE, 0, -1}) {
            isInvalid("exp", api.tokenWith("exp", end));
        }
        for (String start : List.of("iat", "nbf")) {
            isInvalid(start, api.tokenWith(start, seconds(60)));
            isInvalid(start, api.tokenWith(start, "now"));
        }
    }

    @Test
    void issuerOfAnAssertion_isItsSubject() {
        isInvalid("iss", api.tokenWith("iss", "another"));
        isInvalid("iss", api.tokenWith("iss", null));
    }

    @Test
    void replay_isRefused() {
        String assertion = api.fresh();
        api.token(assertion).isStatus(200);

        isUsed(api.token(assertion));
        Map<String, String> atIntrospection = request(assertion);
        atIntrospection.put("token", "x");
        isUsed(api.oauth.post("introspect", atIntrospection));
        // Another assertion with the same identifier counts as the same one.
        JsonObject claims = api.validClaims().put("jti", "once");
        api.token(signed("RS256", api.rsa, claims)).isStatus(200);
        isUsed(api.token(signed("ES256", api.curve, claims.put("exp", seconds(100)))));
        for (Object id : new Object[] {null, "", 7, "x".repeat(256), "dpop x"}) {
            isInvalid("jti", api.tokenWith("jti", id));
        }
    }

    @Test
    void replayAtAnotherIssuer_isRefused() {
        String assertion = api.fresh();
        api.token(assertion).isStatus(200);
        try (Gatehouse other = Gatehouse.start(api.oauth.postgres)) {
            isUsed(other.token("/api", request(assertion)));
            other.token("/api", request(api.fresh())).isStatus(200);
        }
    }

    @Test
    void identifier_isOfOneClient() {
        JsonObject other =
                api.register("same-jti", new JsonObject(), new JsonObject().put("jwks", Assertions.set(api.curve)));
        for (String clientId : List.of(api.clientId(), other.getString("client_id"))) {
            api.token(signed("ES256", api.curve, claims(clientId, ISSUER).put("jti", "of two")))
                    .isStatus(200);
        }
    }

    @Test
    void forgedAssertion_doesNotUseUpAnIdentifier() {
        JsonObject claims = api.validClaims();
        isInvalid(api.token(signed("ES256", foreign, claims)));

        api.token(signed("ES256", api.curve, claims)).isStatus(200);
    }

    @Test
    void forgedAssertions_areSlowedDown() {
        try (AssertionApi slow = new AssertionApi(3)) {
            for (int i = 0; i < 3; i++) {
                isInvalid(slow.token(signed("ES256", foreign, slow.validClaims())));
            }
            slow.token(slow.fresh()).isError(429, "slow_down", "Too many failed attempts to authenticate this client");
            slow.oauth
                    .token(Gatehouse.clientCredentials(slow.oauth.application))
                    .isStatus(200);
        }
    }

    @Test
    void guessedSecrets_signedAtOnce_areTriedUpToTheLimit() {
        try (AssertionApi slow = new AssertionApi(3)) {
            String url = slow.oauth.gatehouse.secureUrl("/api/oauth2/token");
            List<CompletableFuture<Reply>> replies = IntStream.range(0, 200)
                    .mapToObj(i -> signed("HS256", "a guess of at least 32 bytes, " + (1_000 + i), slow.validClaims()))
                    .map(guess -> Http.sendAsync(Http.form(url, request(guess)), Duration.ofMinutes(2)))
                    .toList();

            assertThat(replies.stream()
                            .map(CompletableFuture::join)
                            .filter(reply -> reply.status() == 400)
                            .count())
                    .isEqualTo(3);
        }
    }

    @Test
    void assertionOfAnotherType_isRefused() {
        for (String type : List.of("", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer")) {
            Map<String, String> parameters = request(api.fresh());
            parameters.put("client_assertion_type", type);
            isInvalid(api.oauth.token(parameters));
        }
        Map<String, String> without = request("x");
        without.remove("client_assertion");
        isInvalid(api.oauth.token(without));
    }

    @Test
    void secondMethod_isRefused() {
        String secret = api.client.getString("client_secret");
        Map<String, String> parameters = request(api.fresh());
        parameters.put("client_secret", secret);
        api.oauth.token(parameters).isError(400, "invalid_request", "Client credentials given more than once");

        byte[] pair = (api.clientId() + ":" + secret).getBytes(StandardCharsets.UTF_8);
        Http.send(Http.form(api.oauth.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/token"), request(api.fresh()))
                        .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair)))
                .isError(400, "invalid_request", "Client credentials given more than once");
    }

    @Test
    void publicClient_hasNoAssertion() {
        JsonObject open = api.register(
                "open",
                new JsonObject().put("client_type", "public"),
                new JsonObject().put("jwks", Assertions.set(api.curve)));

        api.token(signed("ES256", api.curve, claims(open.getString("client_id"), ISSUER)))
                .isError(400, "invalid_request", "client_assertion is disallowed for public clients");
    }

    @Test
    void secretThatIsStoredAsAHash_signsNothing() {
        JsonObject hashed = api.oauth.gatehouse.register("hashed", new JsonObject().put("hash_secret", true));
        JsonObject claims = claims(hashed.getString("client_id"), ISSUER);

        isInvalid(api.token(signed("HS256", hashed.getString("client_secret"), claims)));
        // Nor does the hash, which a reader of the database has.
        String hash = api.oauth
                .gatehouse
                .admin("GET", "/oauth2/" + hashed.getString("id"))
                .json()
                .getString("client_secret");
        isInvalid(api.token(signed("HS256", hash, claims)));
    }
}
