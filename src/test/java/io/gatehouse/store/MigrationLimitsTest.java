package io.gatehouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.PostgresTls;
import io.gatehouse.store.postgres.JdbcConnections;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Tests how long migrations wait, for the server and for each other (docs/releasing.md#migrations). */
class MigrationLimitsTest {

    /** The kernel accepts the connection. {@code migrate --wait} has to try again, and a node to say why it does not start. */
    @Test
    void aServerThatNeverResponds_isUnreachable()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            JdbcConnections connections = new JdbcConnections(new PostgresConfig(
                    "postgresql://127.0.0.1:" + silent.getLocalPort() + "/gatehouse",
                    "gatehouse",
                    "secret",
                    1,
                    false,
                    PostgresTls.DISABLED,
                    Map.of()));
            CompletableFuture<Boolean> unreachable = CompletableFuture.supplyAsync(() -> isUnreachable(connections));
            assertThat(unreachable.get(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean isUnreachable(JdbcConnections connections) {
        try {
            connections.getConnection().close();
            return false;
        } catch (SQLException e) {
            return JdbcConnections.isUnreachable(e);
        }
    }

    /** Flyway's default is 50: a pod that waits for a long migration of another one would fail, and start over. */
    @Test
    void aNodeWaitsForAnHour_whileAnotherOneMigrates() {
        assertThat(Migrations.flyway(new JdbcConnections(TestDatabase.createEmpty()))
                        .getLockRetryCount())
                .isGreaterThanOrEqualTo(3_600);
    }

    /** The time limit of the connection is none of its statements. */
    @Test
    void aMigration_mayTakeLongerThanAConnection() throws SQLException {
        try (var connection = new JdbcConnections(TestDatabase.createEmpty()).getConnection()) {
            assertThat(connection.getNetworkTimeout()).isZero();
        }
    }
}
