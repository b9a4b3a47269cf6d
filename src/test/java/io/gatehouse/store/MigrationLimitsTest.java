package io.gatehouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.PostgresTls;
import io.gatehouse.store.postgres.JdbcConnections;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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

    /** Such as the transaction of a backup. All statements of the nodes would wait behind the migration until it has ended. */
    @Test
    void aMigrationThatWaitsForALongTransaction_letsNodesWrite()
            throws SQLException, InterruptedException, ExecutionException, TimeoutException {
        PostgresConfig config = TestDatabase.createEmpty();
        Migrations.flyway(new JdbcConnections(config)).target("21").load().migrate();
        try (Connection longOne = connect(config);
                Statement transaction = longOne.createStatement();
                Connection node = connect(config);
                Statement statement = node.createStatement()) {
            longOne.setAutoCommit(false);
            // V22 adds an index to consumers, which waits for this lock.
            transaction.execute("LOCK TABLE consumers IN ROW EXCLUSIVE MODE");
            CompletableFuture<String> migrated = CompletableFuture.supplyAsync(() -> Migrations.run(config));
            awaitMigration(statement, "consumers");
            // A node waits for 5 s (ClusterTimings.STATEMENT_TIMEOUT).
            statement.execute("SET statement_timeout = '5s'");
            assertThat(statement.executeUpdate("UPDATE consumers SET username = username"))
                    .isZero();
            assertThat(migrated).isNotDone();
            longOne.rollback();
            assertThat(migrated.get(60, TimeUnit.SECONDS)).isEqualTo(Migrations.run(config));
        }
    }

    /** A start would end otherwise, and in a roll-out that of each new node until it migrates at a quiet time. */
    @Test
    void aMigrationThatADeadlockEnds_isTriedAgain()
            throws SQLException, InterruptedException, ExecutionException, TimeoutException {
        PostgresConfig config = TestDatabase.createEmpty();
        Migrations.flyway(new JdbcConnections(config)).target("20").load().migrate();
        try (Connection node = connect(config);
                Statement transaction = node.createStatement();
                Connection observer = connect(config);
                Statement statement = observer.createStatement()) {
            // Otherwise PostgreSQL might end this transaction.
            transaction.execute("SET deadlock_timeout = '1h'");
            node.setAutoCommit(false);
            // V21 locks oauth2_credentials before it waits for this lock.
            transaction.execute("LOCK TABLE oauth2_tokens IN ROW EXCLUSIVE MODE");
            CompletableFuture<String> migrated = CompletableFuture.supplyAsync(() -> Migrations.run(config));
            awaitMigration(statement, "oauth2_tokens");
            transaction.execute("LOCK TABLE oauth2_credentials IN ROW EXCLUSIVE MODE");
            node.rollback();
            assertThat(migrated.get(60, TimeUnit.SECONDS)).isEqualTo(Migrations.run(config));
        }
    }

    /** A stronger lock after a weaker one would deadlock with every refresh. */
    @Test
    void aTransactionThatHasReadTokens_writesOneWhileTheMigrationWaitsForIt()
            throws SQLException, InterruptedException, ExecutionException, TimeoutException {
        PostgresConfig config = TestDatabase.createEmpty();
        Migrations.flyway(new JdbcConnections(config)).target("29").load().migrate();
        try (Connection node = connect(config);
                Statement transaction = node.createStatement();
                Connection observer = connect(config);
                Statement statement = observer.createStatement()) {
            transaction.execute("SET deadlock_timeout = '1h'; SET statement_timeout = '1s'");
            node.setAutoCommit(false);
            transaction.executeQuery("SELECT 1 FROM oauth2_tokens").close();
            CompletableFuture<String> migrated = CompletableFuture.supplyAsync(() -> Migrations.run(config));
            awaitMigration(statement, "oauth2_tokens");
            assertThat(transaction.executeUpdate("UPDATE oauth2_tokens SET scope = scope"))
                    .isZero();
            node.commit();
            assertThat(migrated.get(60, TimeUnit.SECONDS)).isEqualTo(Migrations.run(config));
        }
    }

    /** Returns when the migration waits for the lock of a table. */
    private static void awaitMigration(Statement statement, String table) throws SQLException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() - deadline < 0) {
            try (ResultSet waiting = statement.executeQuery(
                    "SELECT 1 FROM pg_locks WHERE relation = '" + table + "'::regclass AND NOT granted")) {
                if (waiting.next()) {
                    return;
                }
            }
        }
        throw new AssertionError("the migration does not wait");
    }

    private static Connection connect(PostgresConfig config) throws SQLException {
        return DriverManager.getConnection("jdbc:" + config.url(), config.user(), config.password());
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
        try (Connection connection = new JdbcConnections(TestDatabase.createEmpty()).getConnection()) {
            assertThat(connection.getNetworkTimeout()).isZero();
        }
    }
}
