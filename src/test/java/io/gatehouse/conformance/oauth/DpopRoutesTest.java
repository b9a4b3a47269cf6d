package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.PublicAddresses;
import io.gatehouse.config.ResponseConfig;
import io.gatehouse.conformance.oauth.extended.DpopApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests DPoP (RFC 9449) beside other settings of a plugin and of the gateway. */
class DpopRoutesTest {
    /** Of the port mapping before the listener in clear text. */
    private static final int PUBLIC_PORT = 9443;

    private static final int PORT = FreePort.next();

    private static Upstream upstream;
    private static Gatehouse gatehouse;
    private static JsonObject application;
    private static JWK key;

    @BeforeAll
    static void start() throws JOSEException {
        upstream = Upstream.start();
        GatehouseConfig config = Gatehouse.withHttp(Gatehouse.config(TestDatabase.create(), List.of()), PORT);
        Map<Integer, Integer> ports = Map.of(PORT, PUBLIC_PORT);
        gatehouse = Gatehouse.start(config.withProxy(config.proxy()
                .with(
                        new PublicAddresses(PublicAddresses.DEFAULT_REAL_IP_HEADER, false, ports),
                        ResponseConfig.DEFAULT)));
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
        assertThat(own.isStatus(200).upstreamHeader("x-consumer-username")).isEqualTo("alex");
        for (Reply guest : List.of(
                gatehouse.get("/" + mode),
                Http.send(call.copy()),
                Http.send(call.copy().header("DPoP", "x")))) {
            assertThat(guest.isStatus(200).upstreamHeader("x-anonymous-consumer"))
                    .isEqualTo("true");
        }
    }

    /** Another server may have the port of the listener before the mapping. */
    @Test
    void hostOfARouteWithoutAPort_countsWithThePortOfTheMapping() {
        String token = token("mapped", new JsonObject());
        JsonObject claims = DpopApi.claims("GET", DpopApi.ORIGIN + "/mapped", token);
        DpopApi.first(() -> DpopApi.send(
                        Http.get(gatehouse.proxyUrl("/mapped"), "Authorization", "DPoP " + token),
                        claims,
                        next -> DpopApi.proof(key, next)))
                .isStatus(200);
        String nonce = nonce("/mapped/oauth2/token");
        gatehouse
                .admin("PATCH", "/routes/mapped", new JsonObject().put("hosts", List.of("api.example")))
                .isStatus(200);

        for (String host : List.of("api.example", "api.example:443", "api.example:" + PUBLIC_PORT)) {
            assertThat(mapped(host, token, nonce)).startsWith("HTTP/1.1 200");
        }
        for (int port : new int[] {PORT, PUBLIC_PORT + 1}) {
            assertThat(mapped("api.example:" + port, token, nonce)).contains("Invalid claim of the DPoP proof: htu");
        }
    }

    private static String nonce(String endpoint) {
        String proof = DpopApi.proof(key, DpopApi.claims("POST", DpopApi.ORIGIN + endpoint));
        Reply challenge =
                Http.send(Http.form(gatehouse.secureUrl(endpoint), Map.of()).header("DPoP", proof));
        return Objects.requireNonNull(challenge.isStatus(400).header("dpop-nonce"));
    }

    /** Calls the API under a host, with a proof for the same one. */
    private static String mapped(String host, String token, String nonce) {
        JsonObject claims =
                DpopApi.claims("GET", "https://" + host + "/mapped", token).put("nonce", nonce);
        String request = "GET /mapped HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: DPoP " + token + "\r\nDPoP: "
                + DpopApi.proof(key, claims) + "\r\nConnection: close\r\n\r\n";
        return RawClient.send(gatehouse, request).text();
    }
}
