package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.Role;
import io.gatehouse.conformance.oauth.extended.DpopApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests DPoP at the nodes of a cluster, which share nonces and used proofs. */
class DpopNodesTest {
    private static final String NAME = "dpop-nodes-test";
    private static final String SECRET = "a secret of the cluster";

    private static Upstream upstream;
    private static Gatehouse one;
    private static Gatehouse other;
    private static String token;
    private static JWK key;

    @BeforeAll
    static void start() throws JOSEException {
        upstream = Upstream.start();
        ListenAddress first = freeAddress();
        PostgresConfig database = TestDatabase.create();
        one = Gatehouse.start(
                Gatehouse.config(EnumSet.allOf(Role.class), database, List.of(), cluster(NAME, first, first, SECRET)));
        one.createApi("api", "/api", upstream.port());
        one.protect("api", DpopApi.config());
        JsonObject application = one.register("alex", new JsonObject());
        other = Gatehouse.start(
                ClusterFixture.proxy(cluster(NAME, freeAddress(), first, SECRET), Duration.ofSeconds(60)));
        key = new ECKeyGenerator(Curve.P_256).generate();
        token = DpopApi.send(
                        Http.form(other.secureUrl("/api/oauth2/token"), Gatehouse.clientCredentials(application)),
                        DpopApi.claims("POST", DpopApi.ISSUER + "/oauth2/token"),
                        claims -> DpopApi.proof(key, claims))
                .isStatus(200)
                .json()
                .getString("access_token");
        for (Gatehouse node : List.of(one, other)) {
            DpopApi.first(() -> DpopApi.send(get(node), claims(), claims -> DpopApi.proof(key, claims)))
                    .isStatus(200);
        }
    }

    @AfterAll
    static void stop() {
        other.close();
        one.close();
        upstream.close();
    }

    private static HttpRequest.Builder get(Gatehouse node) {
        return Http.get(node.proxyUrl("/api"), "Authorization", "DPoP " + token);
    }

    private static JsonObject claims() {
        return DpopApi.claims("GET", DpopApi.ISSUER, token);
    }

    private static String nonce(Gatehouse node) {
        Reply challenge = Http.send(get(node).header("DPoP", DpopApi.proof(key, claims())));
        return Objects.requireNonNull(challenge.isStatus(401).header("dpop-nonce"));
    }

    private static Reply call(Gatehouse node, JsonObject claims) {
        return Http.send(get(node).header("DPoP", DpopApi.proof(key, claims)));
    }

    @Test
    void nonceOfANode_isAcceptedByAnother() {
        for (Gatehouse maker : List.of(one, other)) {
            for (Gatehouse receiver : List.of(one, other)) {
                call(receiver, claims().put("nonce", nonce(maker))).isStatus(200);
            }
        }
    }

    @Test
    void proofThatANodeHasAccepted_isRefusedByAnother() {
        for (Gatehouse receiver : List.of(one, other)) {
            JsonObject claims = claims().put("nonce", nonce(one))
                    .put("jti", UUID.randomUUID().toString());
            call(receiver, claims).isStatus(200);
            for (Gatehouse again : List.of(one, other)) {
                Reply refused = call(again, claims);
                refused.isError(401, "invalid_dpop_proof", "The DPoP proof has been used");
            }
        }
    }
}
