package io.gatehouse.store;

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

/** Tests a node whose role does not own the tables (docs/how-to/kubernetes.md#install). */
class SeparateOwnerTest {
    private static final String PASSWORD = "secret";

    @Test
    void aNodeNeedsNoPrivilegeToChangeTables() throws SQLException {
        PostgresConfig superuser = TestDatabase.createEmpty();
        String name = superuser.database();
        execute(
                superuser,
                "CREATE ROLE %s_owner LOGIN PASSWORD '%s'".formatted(name, PASSWORD),
                "CREATE ROLE %s_node LOGIN PASSWORD '%s'".formatted(name, PASSWORD),
                "ALTER DATABASE %s OWNER TO %s_owner".formatted(name, name),
                "ALTER DEFAULT PRIVILEGES FOR ROLE %s_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %s_node"
                        .formatted(name, name));
        PostgresConfig node = as(superuser, name + "_node");
        Migrations.run(as(superuser, name + "_owner"));

        assertThatThrownBy(() -> execute(node, "ALTER TABLE services ADD COLUMN another text"))
                .isInstanceOf(SQLException.class);
        try (Upstream upstream = Upstream.start();
                Gatehouse gatehouse = Gatehouse.start(node)) {
            gatehouse.createApi("api", "/api", upstream.port());
            gatehouse.protect("api", new JsonObject());
            String token = gatehouse.clientCredentialsToken("/api", gatehouse.register("alex", new JsonObject()));
            gatehouse.getWithToken("/api", token).isStatus(200);
            gatehouse.admin("DELETE", "/oauth2_tokens/" + token).isStatus(204);
            gatehouse.getWithToken("/api", token).isStatus(401);
            gatehouse.admin("DELETE", "/consumers/alex").isStatus(204);
        }
    }

    private static PostgresConfig as(PostgresConfig config, String role) {
        return new PostgresConfig(config.url(), role, PASSWORD, 4);
    }

    private static void execute(PostgresConfig config, String... statements) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + config.url(), config.user(), config.password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
