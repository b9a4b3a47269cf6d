package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.PostgresConfig;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests connections to a read-only server: a replica or a demoted primary. */
class FailOverTest {
    private static final String SET = "ALTER DATABASE %s SET default_transaction_read_only = %s";

    @Test
    void readOnlyConnections_areReplaced() throws SQLException {
        PostgresConfig config = TestDatabase.create();
        Vertx vertx = Vertx.vertx();
        Database database = Database.open(vertx, config);
        try {
            ChangeStore changes = new ChangeStore(database);
            await(changes.recordNode("node", null, true, Duration.ZERO));

            become(config, "on");
            // Open connections are not affected by the setting. A read-only session stands for a demoted server.
            await(database.query("SELECT set_config('default_transaction_read_only', 'on', false)", Tuple.tuple()));
            assertThatThrownBy(() -> await(changes.recordNode("node", null, true, Duration.ZERO)))
                    .hasCauseInstanceOf(StoreException.DatabaseUnavailable.class);
            assertThatThrownBy(() -> await(changes.since(null)))
                    .as("a replica may lack changes")
                    .hasCauseInstanceOf(StoreException.DatabaseUnavailable.class);

            become(config, "off");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> await(changes.recordNode("node", null, true, Duration.ZERO)
                            .compose(seen -> changes.since(null))
                            .map(received -> received.writers().contains("node"))
                            .otherwise(false)));
        } finally {
            await(database.close());
            await(vertx.close());
        }
    }

    private static void become(PostgresConfig config, String readOnly) throws SQLException {
        String url = String.valueOf(config.url());
        String name = url.substring(url.lastIndexOf('/') + 1);
        String server = url.substring(0, url.lastIndexOf('/')) + "/postgres";
        try (Connection connection = DriverManager.getConnection("jdbc:" + server, config.user(), config.password());
                Statement statement = connection.createStatement()) {
            statement.execute(SET.formatted(name, readOnly));
        }
    }
}
