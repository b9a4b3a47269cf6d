package io.gatehouse.changes;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Restores a backup of the database while a node runs. */
class RestoredBackupTest {
    @Test
    void runningNode_servesTheRestoredConfiguration_andRejectsTokensIssuedSince() throws SQLException {
        PostgresConfig config = TestDatabase.create();
        String name = config.database();
        try (Upstream upstream = Upstream.start()) {
            JsonObject application;
            try (Gatehouse node = Gatehouse.start(config)) {
                node.createApi("api", "/api", upstream.port());
                node.protect("api", new JsonObject());
                application = node.register("alex", new JsonObject());
            }
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> sessions(config) == 0);
            execute(config, "CREATE DATABASE %s_backup TEMPLATE %s".formatted(name, name));
            try (Gatehouse node = Gatehouse.start(config)) {
                String token = node.clientCredentialsToken("/api", application);
                node.getWithToken("/api", token).isStatus(200);
                node.createApi("later", "/later", upstream.port());
                node.get("/later").isStatus(200);

                execute(
                        config,
                        "ALTER DATABASE %s ALLOW_CONNECTIONS false".formatted(name),
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'".formatted(name),
                        "ALTER DATABASE %s RENAME TO %s_lost".formatted(name, name),
                        "ALTER DATABASE %s_backup RENAME TO %s".formatted(name, name));

                Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                    node.getWithToken("/api", token).isStatus(401);
                    node.get("/later").isStatus(404);
                });
                node.getWithToken("/api", node.clientCredentialsToken("/api", application))
                        .isStatus(200);
                node.createApi("afterwards", "/afterwards", upstream.port());
                node.get("/afterwards").isStatus(200);
            }
        }
    }

    /** Returns how many sessions use the database. The last of a node may end after it. */
    private static int sessions(PostgresConfig config) throws SQLException {
        try (Connection connection = connect(config);
                PreparedStatement statement =
                        connection.prepareStatement("SELECT count(*) FROM pg_stat_activity WHERE datname = ?")) {
            statement.setString(1, config.database());
            try (ResultSet count = statement.executeQuery()) {
                count.next();
                return count.getInt(1);
            }
        }
    }

    /** Runs statements in another database of the server. */
    private static void execute(PostgresConfig config, String... statements) throws SQLException {
        try (Connection connection = connect(config);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static Connection connect(PostgresConfig config) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://" + config.host() + ":" + config.port() + "/postgres",
                config.user(),
                config.password());
    }
}
