package io.gatehouse.store;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that expired rows are removed in batches, and others are kept. */
class ExpiredRowsTest {
    private static final String ROWS = """
            INSERT INTO consumers (id, created_at, updated_at, username)
                 VALUES ('00000000-0000-0000-0000-000000000001', 1, 1, 'alex');
            INSERT INTO oauth2_credentials (id, created_at, consumer_id, name, client_id, hash_secret, client_type)
                 VALUES ('00000000-0000-0000-0000-000000000002', 1, '00000000-0000-0000-0000-000000000001', 'app', 'app',
                         false, 'confidential');
            INSERT INTO oauth2_tokens (id, created_at, credential_id, token_type, expires_in, access_token_digest, delete_at)
                 SELECT gen_random_uuid(), 1, '00000000-0000-0000-0000-000000000002', 'bearer', 1,
                        sha256(n::text::bytea), CASE WHEN n <= 2500 THEN n WHEN n = 2501 THEN 99999999999 END
                   FROM generate_series(1, 2502) n""";

    @Test
    void expiredRows_areRemovedInBatchesAndOthersAreKept() throws SQLException {
        PostgresConfig config = TestDatabase.create();
        Vertx vertx = Vertx.vertx();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + config.url(), config.user(), config.password());
                Statement statement = connection.createStatement()) {
            statement.execute(ROWS);
            ExpiredRows rows = new ExpiredRows(Database.open(vertx, config));

            assertThat(await(rows.backlog())).isEqualTo(2_500);
            assertThat(await(rows.removeBatch())).isEqualTo(1_000);
            assertThat(await(rows.backlog())).isEqualTo(1_500);
            assertThat(await(rows.removeBatch())).isEqualTo(1_000);
            assertThat(await(rows.removeBatch())).isEqualTo(500);
            assertThat(await(rows.removeBatch())).isZero();

            try (ResultSet left = statement.executeQuery("SELECT count(*) FROM oauth2_tokens")) {
                left.next();
                assertThat(left.getInt(1)).isEqualTo(2);
            }
        } finally {
            await(vertx.close());
        }
    }

    /** A search of all rows of millions of tokens takes longer than a statement may. */
    @Test
    void oldRows_areFoundByTheirTime() throws SQLException {
        PostgresConfig config = TestDatabase.create();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + config.url(), config.user(), config.password());
                Statement statement = connection.createStatement()) {
            statement.execute("SET enable_seqscan = off");
            for (String table : ExpiredRows.TABLES) {
                // It has 64 rows at most, and no such index.
                if (!table.equals("oauth2_signing_keys")) {
                    assertThat(plan(statement, ExpiredRows.expired("1", table)))
                            .as(table)
                            .contains("Index Cond: (delete_at <=");
                }
            }
            assertThat(plan(statement, ChangeStore.TRIM)).contains("Index Cond: (noted_at <");
        }
    }

    private static String plan(Statement statement, String sql) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (ResultSet plan = statement.executeQuery("EXPLAIN " + sql)) {
            while (plan.next()) {
                lines.add(plan.getString(1));
            }
        }
        return String.join("\n", lines);
    }
}
