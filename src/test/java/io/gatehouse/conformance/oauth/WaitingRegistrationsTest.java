package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests that registrations of clients (RFC 7591) leave connections to PostgreSQL to other requests. */
class WaitingRegistrationsTest {
    private static final String TOKEN = "the-initial-access-token";
    private static final String CONSUMER = "partners";
    private static final int CONNECTIONS = 4;

    private static HttpRequest.Builder registration(OAuthApi api) {
        JsonObject metadata = new JsonObject().put("redirect_uris", List.of("https://app.example/callback"));
        return Http.json("POST", api.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/register"), metadata.encode())
                .header("Authorization", "Bearer " + TOKEN);
    }

    @Test
    void registrationsThatWaitForEachOther_delayNoToken() throws SQLException {
        PostgresConfig created = TestDatabase.create();
        PostgresConfig database = new PostgresConfig(created.url(), created.user(), created.password(), CONNECTIONS);
        JsonObject config = new JsonObject()
                .put("enable_client_registration", true)
                .put("registration_token", TOKEN)
                .put("registration_consumer", CONSUMER);
        try (OAuthApi api = new OAuthApi(database, config);
                Connection other =
                        DriverManager.getConnection("jdbc:" + database.url(), database.user(), database.password());
                Statement statement = other.createStatement()) {
            api.gatehouse.create("/consumers", new JsonObject().put("username", CONSUMER));
            other.setAutoCommit(false);
            // Each registration of the plugin takes this lock.
            statement.execute("SELECT 1 FROM plugins FOR UPDATE");
            List<CompletableFuture<Reply>> waiting = IntStream.range(0, 2 * CONNECTIONS)
                    .mapToObj(i -> Http.sendAsync(registration(api)))
                    .toList();

            for (int i = 0; i < 100; i++) {
                api.token(api.asClient("grant_type", "client_credentials")).isStatus(200);
            }

            other.rollback();
            assertThat(waiting).allSatisfy(reply -> reply.join().isStatus(201));
        }
    }
}
