package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.AssertionApi.ISSUER;
import static io.gatehouse.conformance.oauth.extended.Assertions.claims;
import static io.gatehouse.conformance.oauth.extended.Assertions.request;
import static io.gatehouse.conformance.oauth.extended.Assertions.signed;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.JWK;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.TcpRelay;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests that no assertion is accepted while it cannot be stored as used. */
class AssertionOutageTest {
    @Test
    void assertion_isRefusedWithoutPostgreSqlAndUsedOnceAfterIt() {
        PostgresConfig real = TestDatabase.create();
        JWK key = Assertions.key("ES256", "k");
        JsonObject config = new JsonObject()
                .put("enable_client_assertions", true)
                .put("enable_introspection", true)
                .put("issuer", ISSUER);
        try (TcpRelay line = TcpRelay.to(real);
                OAuthApi api = new OAuthApi(line.along(real), config)) {
            JsonObject client = api.gatehouse.register("signer", new JsonObject());
            api.gatehouse.create(
                    "/oauth2/" + client.getString("id") + "/metadata",
                    new JsonObject().put("jwks", Assertions.set(key)));
            Map<String, String> used = request(signed("ES256", key, claims(client.getString("client_id"), ISSUER)));
            Map<String, String> unused = request(signed("ES256", key, claims(client.getString("client_id"), ISSUER)));
            api.token(used).isStatus(200);

            line.cut();
            api.token(used).isStatus(503);
            api.token(unused).isStatus(503);
            line.mend();

            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> AssertionApi.isUsed(api.token(used)));
            api.token(unused).isStatus(200);
        }
    }
}
