package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.gatehouse.conformance.oauth.extended.DpopApi;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests DPoP (RFC 9449) beside other settings of a plugin and of the gateway. */
class DpopRoutesTest {
    private static Upstream upstream;
    private static Gatehouse gatehouse;
    private static JsonObject application;
    private static JWK key;

    @BeforeAll
    static void start() throws JOSEException {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.create("/consumers", new JsonObject().put("username", "guest"));
        application = gatehouse.register("alex", new JsonObject());
        key = new ECKeyGenerator(Curve.P_256).generate();
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    /** Protects a new API, and returns a token of it that is bound to the key. */
    private static String token(String name, JsonObject config) {
        gatehouse.createApi(name, "/" + name, upstream.port());
        gatehouse.protect(name, DpopApi.config().mergeIn(config));
        String endpoint = "/" + name + "/oauth2/token";
        return DpopApi.send(
                        Http.form(gatehouse.secureUrl(endpoint), Gatehouse.clientCredentials(application)),
                        DpopApi.claims("POST", DpopApi.ORIGIN + endpoint),
                        claims -> DpopApi.proof(key, claims))
                .isStatus(200)
                .json()
                .getString("access_token");
    }

    /** Otherwise the first call of a client, and each one after two minutes, would be that of the anonymous Consumer. */
    @ParameterizedTest
    @ValueSource(strings = {"kong", "rfc"})
    void clientThatNeedsANonce_isNotTheAnonymousConsumer(String mode) {
        String token = token(mode, new JsonObject().put("anonymous", "guest").put("conformance", mode));
        HttpRequest.Builder call = Http.get(gatehouse.proxyUrl("/" + mode), "Authorization", "DPoP " + token);
        JsonObject claims = DpopApi.claims("GET", DpopApi.ORIGIN + "/" + mode, token);

        Reply challenge = DpopApi.first(() -> Http.send(call.copy().header("DPoP", DpopApi.proof(key, claims))));
        challenge.isError(401, "use_dpop_nonce", "The DPoP proof needs the nonce of this response");
        assertThat(challenge.header("www-authenticate")).startsWith("DPoP error=\"use_dpop_nonce\"");
        assertThat(challenge.header("dpop-nonce")).isNotNull();

        Reply own = DpopApi.send(call, claims, next -> DpopApi.proof(key, next));
        assertThat(own.isStatus(200).upstreamHeader("x-consumer-username"))
                .isEqualTo("alex");
        for (Reply guest : List.of(
                gatehouse.get("/" + mode), Http.send(call.copy()), Http.send(call.copy().header("DPoP", "x")))) {
            assertThat(guest.isStatus(200).upstreamHeader("x-anonymous-consumer"))
                    .isEqualTo("true");
        }
    }
}
