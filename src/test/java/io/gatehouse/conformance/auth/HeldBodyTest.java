package io.gatehouse.conformance.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Jwts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests the body of an HTTP/2 request whose token is verified on a worker thread. */
class HeldBodyTest {
    /** Shorter than the time for which a verification is held. */
    private static final Duration WAIT = Duration.ofSeconds(25);
    /** More than the window of a stream, and less than that of the connection. */
    private static final int BODY_BYTES = 500_000;

    private static RequestOptions to(JwtApi jwt, HttpMethod method, String path) {
        return new RequestOptions()
                .setMethod(method)
                .setHost("127.0.0.1")
                .setPort(jwt.api.gatehouse.node().port("proxy.http"))
                .setURI(path);
    }

    @Test
    void theBodyWaitsForTheVerification_whileAnotherStreamIsServed() throws GeneralSecurityException {
        Vertx vertx = Vertx.vertx();
        try (JwtApi jwt = new JwtApi();
                ObservedSignatures signatures = new ObservedSignatures()) {
            KeyPair keys = Jwts.keys("ES256");
            JsonObject credential =
                    jwt.credential(new JsonObject().put("algorithm", "ES256").put("rsa_public_key", Jwts.pem(keys)));
            String token = Jwts.signed("ES256", keys, JwtApi.claims(credential));
            String open = jwt.api.open();
            String body = "0123456789".repeat(BODY_BYTES / 10);
            int before = jwt.api.upstream.requests();
            HttpClient client = vertx.createHttpClient(new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false));
            signatures.hold();

            Future<Buffer> reply = client.request(
                            to(jwt, HttpMethod.POST, jwt.path).putHeader("Authorization", "Bearer " + token))
                    .compose(request -> request.send(Buffer.buffer(body)).compose(HttpClientResponse::body));
            await().atMost(WAIT)
                    .untilAsserted(() -> assertThat(signatures.threads()).hasSize(1));
            Future<Integer> other = client.request(to(jwt, HttpMethod.GET, open))
                    .compose(HttpClientRequest::send)
                    .map(HttpClientResponse::statusCode);
            assertThat(Gatehouse.await(other)).isEqualTo(200);
            assertThat(reply.isComplete()).isFalse();
            assertThat(jwt.api.upstream.requests()).isEqualTo(before + 1);
            signatures.release();

            assertThat(Gatehouse.await(reply).toJsonObject().getString("body")).isEqualTo(body);
            assertThat(signatures.threads()).hasSize(1);
        } finally {
            Gatehouse.await(vertx.close());
        }
    }
}
