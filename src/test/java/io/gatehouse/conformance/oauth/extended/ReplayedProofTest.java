package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.DpopApi.TOKEN_URL;
import static io.gatehouse.conformance.oauth.extended.DpopApi.USED;
import static io.gatehouse.conformance.oauth.extended.DpopApi.claims;
import static io.gatehouse.conformance.oauth.extended.DpopApi.header;
import static io.gatehouse.conformance.oauth.extended.DpopApi.isRefused;
import static io.gatehouse.conformance.oauth.extended.DpopApi.proof;
import static io.gatehouse.conformance.oauth.extended.DpopApi.signed;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests that a DPoP proof is used once (RFC 9449 §11.1). */
class ReplayedProofTest {
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

    @Test
    void replayedProof_isRefused() {
        String proof = proof(api.key, api.valid());
        api.present(proof).isStatus(200);

        isRefused(api.present(proof), "invalid_dpop_proof", USED);
        // Signed again, with the same jti.
        JsonObject claims = api.valid();
        api.present(proof(api.key, claims)).isStatus(200);
        isRefused(api.present(proof(api.key, claims.put("nonce", api.nonce()))), "invalid_dpop_proof", USED);
    }

    @Test
    void proofPresentedAtOnce_isAcceptedOnce() {
        String proof = proof(api.key, api.valid());

        List<CompletableFuture<Reply>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(Http.sendAsync(api.get(api.token).header("DPoP", proof)));
        }

        List<Integer> statuses =
                calls.stream().map(call -> call.join().status()).toList();
        assertThat(Collections.frequency(statuses, 200)).isEqualTo(1);
        assertThat(Collections.frequency(statuses, 401)).isEqualTo(19);
    }

    @Test
    void forgedProof_doesNotUseUpAnIdentifier() {
        JsonObject claims = api.valid();
        isRefused(
                api.present(signed(header("ES256", api.key).build(), thief, claims)),
                "invalid_dpop_proof",
                "Invalid signature of the DPoP proof");

        api.present(proof(api.key, claims)).isStatus(200);
    }

    @Test
    void identifier_isOfOneToken() {
        JsonObject claims = api.valid();
        api.present(proof(api.key, claims)).isStatus(200);
        String other = api.bound();

        Http.send(api.get(other).header("DPoP", proof(api.key, claims.put("ath", DpopApi.hash(other)))))
                .isStatus(200);
    }

    @Test
    void replayedProof_isRefusedAtTheTokenEndpoint() {
        Map<String, String> parameters = Gatehouse.clientCredentials(api.oauth.application);
        String proof = proof(api.key, claims("POST", TOKEN_URL).put("nonce", api.nonce()));
        api.post("token", parameters, proof).isStatus(200);

        api.post("token", parameters, proof).isError(400, "invalid_dpop_proof", USED);
    }

    @Test
    void replayedProof_isRefusedWithAPushedRequest() {
        Map<String, String> parameters = Gatehouse.clientCredentials(api.oauth.application);
        parameters.remove("grant_type");
        parameters.put("response_type", "code");
        parameters.put("code_challenge", "c".repeat(43));
        parameters.put("code_challenge_method", "S256");
        String proof = proof(
                api.key, claims("POST", TOKEN_URL.replace("/token", "/par")).put("nonce", api.nonce()));
        api.post("par", parameters, proof).isStatus(201);

        api.post("par", parameters, proof).isError(400, "invalid_dpop_proof", USED);
    }
}
