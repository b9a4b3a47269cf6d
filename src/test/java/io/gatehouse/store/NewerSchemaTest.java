package io.gatehouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Tests a start on a schema that a newer version has migrated (docs/releasing.md#migrations). */
class NewerSchemaTest {
    private final PostgresConfig config = TestDatabase.create();
    private final String own = Migrations.run(config);

    /** Records a migration as Flyway does, after the statements that it consists of. */
    private void migrate(String version, String description, String... statements) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + config.url(), config.user(), config.password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            statement.execute("INSERT INTO flyway_schema_history"
                    + " SELECT max(installed_rank) + 1, '%s', '%s', 'SQL', 'later.sql', 0, 'x', now(), 0, true"
                            .formatted(version, description)
                    + " FROM flyway_schema_history");
        }
    }

    private void assertIsRefused(String version) {
        assertThatThrownBy(() -> Migrations.run(config))
                .hasMessage("the database has schema version " + version + ", which this Gatehouse of schema version "
                        + own + " cannot use: start the newer version");
    }

    @Test
    void aNodeServes_whenALaterVersionHasExpandedTheSchema() throws SQLException {
        migrate(
                "999",
                "add limits",
                "ALTER TABLE services ADD COLUMN later text",
                "ALTER TABLE oauth2_tokens ADD COLUMN later bigint DEFAULT 7",
                "CREATE TABLE later (id uuid PRIMARY KEY REFERENCES oauth2_credentials ON DELETE CASCADE)");

        assertThat(Migrations.run(config)).isEqualTo("999");
        try (Upstream upstream = Upstream.start();
                Gatehouse node = Gatehouse.start(config)) {
            node.createApi("api", "/api", upstream.port());
            node.protect("api", new JsonObject());
            String token = node.clientCredentialsToken("/api", node.register("alex", new JsonObject()));
            node.getWithToken("/api", token).isStatus(200);
            node.admin("DELETE", "/consumers/alex").isStatus(204);
            node.getWithToken("/api", token).isStatus(401);
        }
    }

    @Test
    void aContractionIsUsed_whenItNeedsNoNewerSchema() throws SQLException {
        migrate("998", "add names");
        migrate("999", "drop labels needs " + own);

        assertThat(Migrations.run(config)).isEqualTo("999");
    }

    @Test
    void aContractionIsRefused_whenItNeedsANewerSchema() throws SQLException {
        migrate("998", "drop labels needs 998");
        migrate("999", "add names");

        assertIsRefused("998");
    }

    /** A branch that was never released has applied it. */
    @Test
    void aMigrationBetweenTheOwnIsRefused() throws SQLException {
        migrate("3.2", "add names");

        assertIsRefused("3.2");
    }
}
