package io.gatehouse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests docs/tutorial/first-five-minutes.md. */
class FirstFiveMinutesTest {
    private static Gatehouse gatehouse;
    private static Upstream upstream;
    private static JsonObject application;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("example", "/anything", upstream.port());
        gatehouse.protect(
                "example",
                new JsonObject().put("scopes", List.of("email", "profile")).put("global_credentials", true));
        application = gatehouse.register("alex", new JsonObject());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @Test
    void aTokenIsAcceptedAndTheUpstreamReceivesTheConsumer() {
        String token = gatehouse.clientCredentialsToken("/anything", application);

        Reply reply = gatehouse.getWithToken("/anything", token).isStatus(200);

        assertThat(reply.upstreamHeader("x-consumer-username")).isEqualTo("alex");
        assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo(application.getString("client_id"));
    }

    @Test
    void aRequestWithoutATokenIsRejected() {
        Reply reply = gatehouse.get("/anything");

        reply.isError(401, "invalid_request", "The access token is missing");
        assertThat(reply.header("www-authenticate")).isEqualTo("Bearer");
    }

    @Test
    void aDeletedTokenIsRejectedImmediately() {
        String token = gatehouse.clientCredentialsToken("/anything", application);
        gatehouse.getWithToken("/anything", token).isStatus(200);

        gatehouse.admin("DELETE", "/oauth2_tokens/" + token).isStatus(204);

        gatehouse
                .getWithToken("/anything", token)
                .isError(401, "invalid_token", "The access token is invalid or has expired");
    }

    @Test
    void theTokenEndpointRequiresHttps() {
        Http.send(Http.form(gatehouse.proxyUrl("/anything/oauth2/token"), Gatehouse.clientCredentials(application)))
                .isError(400, "access_denied", "You must use HTTPS");
    }
}
