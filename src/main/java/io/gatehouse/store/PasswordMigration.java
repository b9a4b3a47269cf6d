package io.gatehouse.store;

import io.gatehouse.credential.BasicState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hashes the passwords of basic-auth credentials that an earlier version stored in clear.
 *
 * <p><i>Why</i>: PostgreSQL has no SHA-1 without an extension, so no script in {@code db/migration} can compute the hash.
 */
final class PasswordMigration implements JavaMigration {
    private static final Logger LOG = LoggerFactory.getLogger(PasswordMigration.class);
    private static final String SELECT_CLEAR =
            "SELECT id, consumer_id, password FROM basicauth_credentials WHERE password !~ '^[0-9a-f]{40}$'";
    private static final String UPDATE = "UPDATE basicauth_credentials SET password = ? WHERE id = ?";
    /** Rows that are in memory at once. */
    private static final int FETCHED = 1_000;

    @Override
    public MigrationVersion getVersion() {
        return MigrationVersion.fromVersion("16");
    }

    @Override
    public String getDescription() {
        return "hash passwords";
    }

    @Override
    public @Nullable Integer getChecksum() {
        return null;
    }

    @Override
    public boolean canExecuteInTransaction() {
        return true;
    }

    @Override
    public void migrate(Context context) throws SQLException {
        Connection connection = context.getConnection();
        int count = 0;
        try (Statement select = connection.createStatement();
                PreparedStatement update = connection.prepareStatement(UPDATE)) {
            select.setFetchSize(FETCHED);
            try (ResultSet rows = select.executeQuery(SELECT_CLEAR)) {
                while (rows.next()) {
                    UUID consumer = rows.getObject("consumer_id", UUID.class);
                    update.setString(1, BasicState.hash(rows.getString("password"), consumer));
                    update.setObject(2, rows.getObject("id", UUID.class));
                    update.executeUpdate();
                    count++;
                }
            }
        }
        if (count > 0) {
            LOG.warn("Hashed basic-auth passwords that were stored in clear; set new ones count={}", count);
        }
    }
}
