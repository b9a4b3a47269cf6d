package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.DpopApi.thumbprint;
import static io.gatehouse.conformance.oauth.extended.ExchangeApi.ACCESS_TOKEN;
import static io.gatehouse.conformance.oauth.extended.ExchangeApi.GRANT;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tests clients that register themselves with the other extensions of the authorization server, and what the log has of them. */
class CombinedRegistrationTest {
    private static CombinedApi api;

    @BeforeAll
    static void start() {
        api = new CombinedApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void registeredClient_thatAsksForBoundTokens_getsNoOthers() {
        JsonObject ofKey = api.registered(new JsonObject().put("dpop_bound_access_tokens", true));
        Map<String, String> redemption = api.redemption(ofKey);
        api.token(redemption, null, null).isError(400, "invalid_dpop_proof", "A DPoP proof is required");
        String token = api.accessToken(redemption, api.key, null);
        api.isBoundTo(token, Map.of("jkt", thumbprint(api.key)));
        api.call(token, api.key, null).isStatus(200);
        api.call(token, null, null).isStatus(401);

        JsonObject ofCertificate = api.registered(CombinedApi.certificateBound()
                .put("token_endpoint_auth_method", "self_signed_tls_client_auth")
                .put("jwks", new JsonObject(MutualTlsApi.set(api.certificate))));
        redemption = api.redemption(ofCertificate);
        MutualTlsApi.isInvalid(api.token(redemption, null, null));
        token = api.accessToken(redemption, null, api.certificate);
        api.isBoundTo(token, Map.of("x5t#S256", CombinedApi.digest(api.certificate)));
        api.call(token, null, api.certificate).isStatus(200);
        api.call(token, null, null).isStatus(401);
    }

    @Test
    void registeredClient_exchangesNoTokens() {
        api.registration(new JsonObject().put("grant_types", List.of("authorization_code", GRANT)))
                .isError(400, "invalid_client_metadata", "Invalid grant_types");
        JsonObject client = api.registered(new JsonObject());
        String own = api.accessToken(api.redemption(client), null, null);

        api.token(
                        RegistrationApi.as(
                                client, "grant_type", GRANT, "subject_token", own, "subject_token_type", ACCESS_TOKEN),
                        null,
                        null)
                .isError(400, "unauthorized_client", "The client may not use this grant_type");
    }

    @Test
    void secondSecretOfARegisteredClient_authenticatesIt_andListsLeaveItOut() {
        JsonObject client = api.registered(new JsonObject());
        String path = "/oauth2/" + client.getString("client_id") + "/secrets";
        JsonObject second = api.oauth.gatehouse.create(path, new JsonObject());
        JsonObject bySecond = client.copy().put("client_secret", second.getString("client_secret"));

        api.token(api.redemption(bySecond), null, null).isStatus(200);
        assertThat(api.oauth.gatehouse.admin("GET", "/oauth2_secrets?size=1000").text())
                .doesNotContain(second.getString("id"));
        assertThat(api.oauth.gatehouse.admin("GET", path).text()).contains(second.getString("id"));
    }

    /** The audit trail has requests of the Admin API alone. */
    @Test
    void registrationItsChangeAndItsDeletion_haveALineOfTheLogEach() {
        Logger log = (Logger) LoggerFactory.getLogger("io.gatehouse.issuer.ClientRegistration");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.setLevel(Level.INFO);
        log.addAppender(lines);
        try {
            JsonObject client = api.registered(new JsonObject());
            String id = client.getString("client_id");
            // The issuer of this API is a name that no address has.
            client.put(
                    "registration_client_uri", api.oauth.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/register/" + id));
            JsonObject change = RegistrationApi.metadata()
                    .put("client_id", id)
                    .put("redirect_uris", List.of("https://app.example/other"));

            RegistrationApi.manage("PUT", client, change).isStatus(200);
            RegistrationApi.manage("PUT", client, change.copy().put("grant_types", List.of("password")))
                    .isStatus(400);
            RegistrationApi.manage("GET", client, new JsonObject()).isStatus(200);
            assertThat(RegistrationApi.manage("DELETE", client, new JsonObject())
                            .status())
                    .isEqualTo(204);

            assertThat(List.copyOf(lines.list).stream()
                            .map(line -> line.getFormattedMessage().replaceFirst(" at plugin .*", "")))
                    .containsExactly(
                            "client " + id + " has registered itself",
                            "client " + id + " has changed its registration",
                            "client " + id + " has deleted its registration");
        } finally {
            log.detachAppender(lines);
            log.setLevel(null);
        }
    }
}
