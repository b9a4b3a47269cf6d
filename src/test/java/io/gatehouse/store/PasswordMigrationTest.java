package io.gatehouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.credential.BasicState;
import io.gatehouse.store.postgres.JdbcConnections;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** Tests the migration of passwords that an earlier version stored in clear. */
class PasswordMigrationTest {
    private static final UUID CONSUMER = UUID.fromString("9b2fb3a1-7f4d-4c2a-9d56-0a1b2c3d4e5f");

    private static Connection connect(PostgresConfig config) throws SQLException {
        return DriverManager.getConnection("jdbc:" + config.url(), config.user(), config.password());
    }

    private static void insert(Connection connection, String username, String password) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO basicauth_credentials"
                + " (id, created_at, consumer_id, username, password) VALUES (gen_random_uuid(), 1, ?, ?, ?)")) {
            insert.setObject(1, CONSUMER);
            insert.setString(2, username);
            insert.setString(3, password);
            insert.executeUpdate();
        }
    }

    private static Map<String, String> passwords(Connection connection) throws SQLException {
        Map<String, String> passwords = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT username, password FROM basicauth_credentials")) {
            while (rows.next()) {
                passwords.put(rows.getString(1), rows.getString(2));
            }
        }
        return passwords;
    }

    @Test
    void passwordsInClear_areHashedOnce() throws SQLException {
        PostgresConfig config = TestDatabase.createEmpty();
        Flyway.configure()
                .dataSource(new JdbcConnections(config))
                .locations("classpath:db/migration")
                .target("15")
                .load()
                .migrate();
        String hash = BasicState.hash("known", CONSUMER);
        try (Connection connection = connect(config)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO consumers (id, created_at, updated_at, username) VALUES ('" + CONSUMER
                        + "', 1, 1, 'alex')");
            }
            insert(connection, "hashed", hash);
            insert(connection, "clear", "pä:ss");
            insert(connection, "line", hash + "\n");
            insert(connection, "upper", "A".repeat(40));
            Map<String, String> hashed = Map.of(
                    "hashed", hash,
                    "clear", BasicState.hash("pä:ss", CONSUMER),
                    "line", BasicState.hash(hash + "\n", CONSUMER),
                    "upper", BasicState.hash("A".repeat(40), CONSUMER));

            Migrations.run(config);
            assertThat(passwords(connection)).containsExactlyInAnyOrderEntriesOf(hashed);
            Migrations.run(config);
            assertThat(passwords(connection)).containsExactlyInAnyOrderEntriesOf(hashed);
        }
    }
}
