package io.gatehouse.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.declarative.AdminClient;
import io.gatehouse.declarative.Importer;
import io.gatehouse.declarative.StateException;
import io.gatehouse.store.Database;
import io.gatehouse.store.ExpiredRows;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Measures operations on many rows, and prints the times. {@code -Dscale.tokens} and {@code -Dscale.entities} set the sizes. The
 * machine must be idle.
 */
@Tag("scale")
class ScaleTest {
    private static final int TOKENS = Integer.getInteger("scale.tokens", 1_000_000);
    private static final int ENTITIES = Integer.getInteger("scale.entities", 142_000);
    /** Batches of the removal that are measured. */
    private static final int BATCHES = 20;

    @ParameterizedTest
    @ValueSource(strings = {"/consumers/alex", "/oauth2/client", "/services/api"})
    void deletion_returnsWithinASecond_whateverTheNumberOfTokens(String path) throws SQLException {
        PostgresConfig postgres = TestDatabase.create();
        try (Upstream upstream = Upstream.start();
                Gatehouse gatehouse = Gatehouse.start(postgres)) {
            gatehouse.createApi("api", "/api", upstream.port());
            String service = gatehouse.admin("GET", "/services/api").json().getString("id");
            gatehouse.protect("api", new JsonObject());
            JsonObject client = gatehouse.register("alex", new JsonObject().put("client_id", "client"));
            String token = gatehouse.clientCredentialsToken("/api", client);
            gatehouse.getWithToken("/api", token).isStatus(200);
            addTokens(postgres, service, client.getString("id"));
            if (path.startsWith("/services")) {
                gatehouse.admin("DELETE", "/routes/api").isStatus(204);
            }

            long started = System.nanoTime();
            gatehouse.admin("DELETE", path).isStatus(204);
            long millis = millisSince(started);
            if (!path.startsWith("/services")) {
                gatehouse.getWithToken("/api", token).isStatus(401);
            }

            System.out.printf("DELETE %s with %,d tokens: %,d ms; %s%n", path, TOKENS, millis, removal(postgres));
            assertThat(Duration.ofMillis(millis)).isLessThan(Duration.ofSeconds(1));
        }
    }

    private static void addTokens(PostgresConfig postgres, String service, String client) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + postgres.url(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            // Without triggers, to be ready sooner.
            statement.execute("SET session_replication_role = replica");
            statement.execute(
                    "INSERT INTO oauth2_tokens (id, created_at, service_id, credential_id, token_type, expires_in,"
                            + " access_token_digest) SELECT gen_random_uuid(), extract(epoch FROM now())::bigint, '"
                            + service
                            + "', '" + client + "', 'bearer', 7200, sha256(n::text::bytea) FROM generate_series(1, "
                            + TOKENS
                            + ") n");
            statement.execute("ANALYZE oauth2_tokens");
        }
    }

    private static String removal(PostgresConfig postgres) {
        Vertx vertx = Vertx.vertx();
        try {
            ExpiredRows rows = new ExpiredRows(Database.open(vertx, postgres));
            long started = System.nanoTime();
            int removed = 0;
            for (int i = 0; i < BATCHES; i++) {
                removed += Gatehouse.await(rows.removeBatch());
            }
            return "%,d rows removed in %,d ms".formatted(removed, millisSince(started));
        } finally {
            Gatehouse.await(vertx.close());
        }
    }

    @Test
    void import_storesThreeThousandEntitiesInASecond() throws StateException {
        String file = file(ENTITIES);
        try (Gatehouse gatehouse = Gatehouse.start()) {
            AdminClient admin = new AdminClient(gatehouse.adminUrl(""), null);
            long started = System.nanoTime();
            int stored = new Importer(admin, false, (done, all) -> {})
                    .run(file)
                    .changes()
                    .size();
            long millis = millisSince(started);

            long perSecond = stored * 1_000L / millis;
            System.out.printf("import of %,d entities: %,d ms, %,d entities/s%n", stored, millis, perSecond);
            assertThat(perSecond).isGreaterThan(3_000);
        }
    }

    /** Of 142,000 entities, 20,000 are Services, as many are Routes, and 50,000 are applications with a Consumer each. */
    private static String file(int entities) {
        StringBuilder file = new StringBuilder("_format_version: \"3.0\"\nservices:\n");
        for (int i = 0; i < entities * 20L / 142; i++) {
            file.append("- {name: s-%d, host: 127.0.0.1, routes: [{name: r-%d, paths: [/r-%d]}]".formatted(i, i, i));
            file.append(i % 10 == 0 ? ", plugins: [{name: correlation-id}]}\n" : "}\n");
        }
        file.append("consumers:\n");
        for (int i = 0; i < entities * 50L / 142; i++) {
            file.append(
                    "- {username: u-%d, oauth2_credentials: [{name: app, client_id: c-%d, client_secret: secret-%d}]}\n"
                            .formatted(i, i, i));
        }
        return file.toString();
    }

    private static long millisSince(long started) {
        return Duration.ofNanos(System.nanoTime() - started).toMillis();
    }
}
