package io.gatehouse.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the deletion of owners that have more tokens than a message lists. */
class DeletionOfManyTokensTest {
    private static final int TOKENS = 6_000;

    @ParameterizedTest
    @ValueSource(strings = {"/consumers/alex", "/oauth2/client", "/services/api"})
    void cachedToken_isRejected_whenTheDeletionOfItsOwnerReturns(String path) throws SQLException {
        PostgresConfig postgres = TestDatabase.create();
        try (Upstream upstream = Upstream.start();
                Gatehouse gatehouse = Gatehouse.start(postgres)) {
            gatehouse.createApi("api", "/api", upstream.port());
            JsonObject service = gatehouse.admin("GET", "/services/api").json();
            gatehouse.protect("api", new JsonObject());
            JsonObject client = gatehouse.register("alex", new JsonObject().put("client_id", "client"));
            String token = gatehouse.clientCredentialsToken("/api", client);
            gatehouse.getWithToken("/api", token).isStatus(200);
            addTokens(postgres, service, client);
            gatehouse.admin("GET", "/routes").json().getJsonArray("data").forEach(route -> {
                if (path.startsWith("/services")) {
                    gatehouse
                            .admin("DELETE", "/routes/" + ((JsonObject) route).getString("id"))
                            .isStatus(204);
                }
            });

            Reply deleted = gatehouse.admin("DELETE", path).isStatus(204);

            assertThat(deleted.header("X-Gatehouse-Late-Nodes")).isNull();
            if (path.startsWith("/services")) {
                service.remove("created_at");
                service.remove("updated_at");
                gatehouse
                        .admin("PUT", "/services/" + service.getString("id"), service)
                        .isStatus(200);
                gatehouse.protect("api", new JsonObject());
                gatehouse
                        .admin("POST", "/services/api/routes", new JsonObject().put("paths", List.of("/api")))
                        .isStatus(201);
            }
            gatehouse.getWithToken("/api", token).isStatus(401);
            assertThat(gatehouse.admin("GET", "/oauth2_tokens").json().getJsonArray("data"))
                    .isEmpty();
        }
    }

    private static void addTokens(PostgresConfig postgres, JsonObject service, JsonObject client) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + postgres.url(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO oauth2_tokens (id, created_at, service_id, credential_id, token_type, expires_in,"
                            + " access_token_digest) SELECT gen_random_uuid(), extract(epoch FROM now())::bigint, '"
                            + service.getString("id") + "', '" + client.getString("id")
                            + "', 'bearer', 3600, sha256(n::text::bytea) FROM generate_series(1, " + TOKENS + ") n");
        }
    }
}
