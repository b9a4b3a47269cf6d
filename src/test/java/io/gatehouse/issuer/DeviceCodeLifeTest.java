package io.gatehouse.issuer;

import static io.gatehouse.conformance.oauth.OAuthApi.PROVISION_KEY;
import static io.gatehouse.conformance.oauth.OAuthApi.parameters;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.issuer.grant.DeviceCodeGrant;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that an approved device code lives until its end, and long enough after a late approval (RFC 8628 §3.2). */
class DeviceCodeLifeTest {
    private OAuthApi api;
    private JsonObject codes;

    @BeforeEach
    void begin() {
        api = new OAuthApi(new JsonObject()
                .put("enable_device_authorization", true)
                .put("verification_uri", "https://login.example/device"));
        codes = api.post("device_authorization", api.asClient()).isStatus(200).json();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private void approve() {
        api.authorize(parameters(
                        "user_code",
                        codes.getString("user_code"),
                        "authenticated_userid",
                        "owner-1",
                        "provision_key",
                        PROVISION_KEY))
                .isStatus(200);
    }

    /** Makes the codes older, by seconds. */
    private void age(int seconds) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:" + api.postgres.url(), api.postgres.user(), api.postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE oauth2_device_codes SET expires_at = expires_at - " + seconds);
            statement.execute("UPDATE oauth2_authorization_codes SET created_at = created_at - " + seconds);
        }
    }

    private int poll() {
        return api.token(
                        api.asClient("grant_type", DeviceCodeGrant.TYPE, "device_code", codes.getString("device_code")))
                .status();
    }

    @Test
    void codeThatIsApprovedEarly_isRedeemedUntilItExpires() throws SQLException {
        approve();
        age(590);

        assertThat(poll()).isEqualTo(200);
    }

    @Test
    void codeThatIsApprovedLate_isRedeemedFor300Seconds() throws SQLException {
        age(590);
        approve();
        age(290);

        assertThat(poll()).isEqualTo(200);
    }

    @Test
    void codeThatIsApprovedEarly_isNotRedeemedAfterItsEnd() throws SQLException {
        approve();
        age(610);

        assertThat(poll()).isEqualTo(400);
    }
}
