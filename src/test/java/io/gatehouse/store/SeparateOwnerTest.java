package io.gatehouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests a node whose role does not own the tables, with the privileges of docs/how-to/kubernetes.md#install. */
class SeparateOwnerTest {
    private static final String PASSWORD = "secret";

    @Test
    void aNodeNeedsNoPrivilegeToChangeTables() throws Exception {
        PostgresConfig superuser = TestDatabase.createEmpty();
        String name = superuser.database();
        execute(
                superuser,
                "CREATE ROLE %s_owner LOGIN PASSWORD '%s'".formatted(name, PASSWORD),
                "CREATE ROLE %s_node LOGIN PASSWORD '%s'".formatted(name, PASSWORD),
                "ALTER DATABASE %s OWNER TO %s_owner".formatted(name, name));
        execute(superuser, documentedPrivileges(name));
        PostgresConfig node = as(superuser, name + "_node");
        Migrations.run(as(superuser, name + "_owner"));

        assertThatThrownBy(() -> execute(node, "ALTER TABLE services ADD COLUMN another text"))
                .isInstanceOf(SQLException.class);
        // What pg_dump reads, which the backup runs as the nodes' role.
        for (String sequence : sequences(superuser)) {
            execute(node, "SELECT last_value, is_called FROM " + sequence);
        }
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

    /** Returns the privileges that the page grants, for the roles of this test. */
    private static String[] documentedPrivileges(String name) throws IOException {
        return Files.readString(Path.of("docs/how-to/kubernetes.md"))
                .lines()
                .filter(line -> line.startsWith("ALTER DEFAULT PRIVILEGES"))
                .map(line -> line.replace("gatehouse_owner", name + "_owner")
                        .replace("TO gatehouse;", "TO " + name + "_node"))
                .toArray(String[]::new);
    }

    private static List<String> sequences(PostgresConfig config) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + config.url(), config.user(), config.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT sequencename FROM pg_sequences")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        assertThat(names).isNotEmpty();
        return names;
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
