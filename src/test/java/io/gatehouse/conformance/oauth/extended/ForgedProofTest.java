package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.DpopApi.ISSUER;
import static io.gatehouse.conformance.oauth.extended.DpopApi.ORIGIN;
import static io.gatehouse.conformance.oauth.extended.DpopApi.TOKEN_URL;
import static io.gatehouse.conformance.oauth.extended.DpopApi.claims;
import static io.gatehouse.conformance.oauth.extended.DpopApi.header;
import static io.gatehouse.conformance.oauth.extended.DpopApi.isRefused;
import static io.gatehouse.conformance.oauth.extended.DpopApi.proof;
import static io.gatehouse.conformance.oauth.extended.DpopApi.signed;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Tests attacks on DPoP proofs (RFC 9449 §11), at the API and at the token endpoint. */
class ForgedProofTest {
    private static final String MALFORMED =
            "The DPoP proof is malformed, or its type, key or algorithm is not supported";
    private static final String SIGNATURE = "Invalid signature of the DPoP proof";
    private static final JWK thief = Assertions.key("ES256", null);

    private static DpopApi api;

    @BeforeAll
    static void start() {
        api = new DpopApi(new JsonObject());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void validProof_isAccepted() {
        api.present(proof(api.key, api.valid())).isStatus(200);
    }

    @TestFactory
    Stream<DynamicTest> malformedProof_isRefused() {
        JsonObject claims = api.valid();
        String valid = proof(api.key, claims);
        String[] parts = valid.split("\\.", -1);
        JsonObject head = new JsonObject(new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8));
        String open = api.key.toPublicJWK().toJSONString();
        JsonObject symmetric = new JsonObject().put("kty", "oct").put("k", encoded(open));
        Map<String, String> forged = new LinkedHashMap<>();
        forged.put("no JWT", "x");
        forged.put("empty parts", "..");
        forged.put("alg none", withHead(head.copy().put("alg", "none"), claims, ""));
        forged.put(
                "the public key as a secret",
                Jwts.hmac(head.copy().put("alg", "HS256"), "HS256", open.getBytes(StandardCharsets.UTF_8), claims));
        forged.put(
                "a symmetric key",
                Jwts.hmac(
                        head.copy().put("alg", "HS256").put("jwk", symmetric),
                        "HS256",
                        open.getBytes(StandardCharsets.UTF_8),
                        claims));
        forged.put(
                "a private key in the header",
                withHead(head.copy().put("jwk", new JsonObject(api.key.toJSONString())), claims, parts[2]));
        JWK certified = Assertions.certified(null);
        forged.put("a certificate", proof(certified, claims));
        forged.put("no key", withHead(without(head, "jwk"), claims, parts[2]));
        forged.put("no type", withHead(without(head, "typ"), claims, parts[2]));
        forged.put("the type of another JWT", withHead(head.copy().put("typ", "JWT"), claims, parts[2]));
        forged.put(
                "an extension", withHead(head.copy().put("crit", List.of("x")).put("x", true), claims, parts[2]));
        forged.put("no claims", parts[0] + "." + encoded("none") + "." + parts[2]);
        forged.put("too long", proof(api.key, claims.copy().put("x", "x".repeat(8_192))));
        JWK small = Assertions.key("RS256", null);
        forged.put(
                "a short RSA key",
                withHead(
                        head.copy()
                                .put("alg", "RS256")
                                .put(
                                        "jwk",
                                        new JsonObject(small.toPublicJWK().toJSONString())
                                                .put("n", encoded("x".repeat(64)))),
                        claims,
                        parts[2]));
        return forged.entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(
                        each.getKey(), () -> isRefused(api.present(each.getValue()), "invalid_dpop_proof", MALFORMED)));
    }

    private static JsonObject without(JsonObject members, String name) {
        JsonObject rest = members.copy();
        rest.remove(name);
        return rest;
    }

    private static String withHead(JsonObject head, JsonObject claims, String signature) {
        return encoded(head.encode()) + "." + encoded(claims.encode()) + "." + signature;
    }

    @TestFactory
    Stream<DynamicTest> proofForAnotherRequest_isRefused() {
        Map<String, JsonObject> forged = new LinkedHashMap<>();
        forged.put("htm: POST", api.valid().put("htm", "POST"));
        forged.put("htm: get", api.valid().put("htm", "get"));
        forged.put("htm: ", without(api.valid(), "htm"));
        for (String url : List.of(
                ORIGIN + "/other",
                ORIGIN + "/api/x",
                ORIGIN + "/API",
                "https://id.example.attacker.test/api",
                "https://id.example:8443/api",
                "https://attacker.test/api",
                "https://user@id.example/api",
                "http://id.example/api",
                "/api",
                ISSUER + "#fragment",
                "")) {
            forged.put("htu: " + url, api.valid().put("htu", url));
        }
        forged.put("jti: ", without(api.valid(), "jti"));
        forged.put("jti: empty", api.valid().put("jti", ""));
        forged.put("jti: long", api.valid().put("jti", "x".repeat(256)));
        forged.put("jti: number", api.valid().put("jti", 1));
        forged.put("iat: ", without(api.valid(), "iat"));
        forged.put("iat: text", api.valid().put("iat", "1"));
        forged.put("ath: ", without(api.valid(), "ath"));
        forged.put("ath: another token", api.valid().put("ath", DpopApi.hash(api.bound())));
        return forged.entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
                    String claim = each.getKey().substring(0, 3);
                    isRefused(
                            api.present(proof(api.key, each.getValue())),
                            "invalid_dpop_proof",
                            "Invalid claim of the DPoP proof: " + claim);
                }));
    }

    /** A server that gets the token and the proof of a client sends them on under the host that the proof is for. */
    @Test
    void hostOfARequest_doesNotCount() {
        String url = "https://attacker.test/api";

        isRefused(
                api.present(proof(api.key, api.valid().put("htu", url))),
                "invalid_dpop_proof",
                "Invalid claim of the DPoP proof: htu");
        Reply withForwardedHost = Http.send(api.get(api.token)
                .header("X-Forwarded-Host", "attacker.test")
                .header("X-Forwarded-Proto", "https")
                .header("DPoP", proof(api.key, api.valid().put("htu", url))));
        isRefused(withForwardedHost, "invalid_dpop_proof", "Invalid claim of the DPoP proof: htu");
    }

    @TestFactory
    Stream<DynamicTest> proofWithoutAValidNonce_isChallenged() {
        String valid = api.nonce();
        char first = valid.charAt(0) == 'A' ? 'B' : 'A';
        Map<String, Object> forged = new LinkedHashMap<>();
        forged.put("another time", first + valid.substring(1));
        forged.put("another code", valid.substring(0, 31) + (valid.charAt(31) == 'A' ? 'B' : 'A'));
        forged.put("longer", valid + "AAAA");
        forged.put("empty", "");
        forged.put("no base64", "!".repeat(32));
        forged.put("a number", 1);
        return forged.entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(
                        each.getKey(),
                        () -> isRefused(
                                api.present(proof(api.key, api.valid().put("nonce", each.getValue()))),
                                "use_dpop_nonce",
                                "The DPoP proof needs the nonce of this response")));
    }

    @Test
    void proofOfAnotherKey_isRefused() {
        isRefused(
                api.present(proof(thief, api.valid())),
                "invalid_dpop_proof",
                "The DPoP proof is not of the key that the access token is bound to");
        // The thief claims to have the key.
        isRefused(
                api.present(signed(header("ES256", api.key).build(), thief, api.valid())),
                "invalid_dpop_proof",
                SIGNATURE);
        String[] parts = proof(api.key, api.valid()).split("\\.", -1);
        isRefused(
                api.present(parts[0] + "." + encoded(api.valid().encode()) + "." + parts[2]),
                "invalid_dpop_proof",
                SIGNATURE);
        isRefused(api.present(parts[0] + "." + parts[1] + "."), "invalid_dpop_proof", MALFORMED);
        JWSHeader confused = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(new JOSEObjectType("dpop+jwt"))
                .jwk(api.key.toPublicJWK())
                .build();
        isRefused(
                api.present(signed(confused, Assertions.key("RS256", null), api.valid())),
                "invalid_dpop_proof",
                SIGNATURE);
    }

    @Test
    void missingOrRepeatedProof_isRefused() {
        isRefused(Http.send(api.get(api.token)), "invalid_dpop_proof", "A DPoP proof is required");
        isRefused(
                Http.send(api.get(api.token)
                        .header("DPoP", proof(api.key, api.valid()))
                        .header("DPoP", proof(api.key, api.valid()))),
                "invalid_dpop_proof",
                "More than one DPoP header");
    }

    @Test
    void tokenEndpoint_refusesForgedProofsBeforeItAuthenticatesTheClient() {
        Map<String, String> parameters = Gatehouse.clientCredentials(api.oauth.application);
        JsonObject claims = claims("POST", TOKEN_URL).put("nonce", api.nonce());

        api.post("token", parameters, "x").isError(400, "invalid_dpop_proof", MALFORMED);
        api.post("token", parameters, proof(api.key, claims.copy().put("htu", ISSUER)))
                .isError(400, "invalid_dpop_proof", "Invalid claim of the DPoP proof: htu");
        api.post("token", parameters, signed(header("ES256", api.key).build(), thief, claims))
                .isError(400, "invalid_dpop_proof", SIGNATURE);
        // A request that fails does not use the proof.
        parameters.put("client_secret", "wrong");
        api.post("token", parameters, proof(api.key, claims)).isStatus(400);
        api.post("token", Gatehouse.clientCredentials(api.oauth.application), proof(api.key, claims))
                .isStatus(200);
    }
}
