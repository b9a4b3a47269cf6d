package io.gatehouse.store.postgres;

import io.gatehouse.config.ClusterTimings;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.PostgresTls.Mode;
import java.io.PrintWriter;
import java.net.URI;
import java.security.cert.CertificateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.logging.Logger;
import javax.net.ssl.SSLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Opens JDBC connections with the same parameters and TLS modes as {@link PgConnections}. Blocks. */
public final class JdbcConnections implements DataSource {
    private static final String CONNECTION_REJECTED = "08004";
    private static final String MARKER = "gatehouse.session";
    private static final String MARKED = "kept";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String DEADLOCK_DETECTED = "40P01";
    private static final Set<String> LOCKED = Set.of(LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED);
    private static final Set<String> UNREACHABLE = Set.of(
            "08000",
            "08001",
            "08003",
            "08006",
            "57P01",
            "57P02",
            "57P03",
            "53300",
            LOCK_NOT_AVAILABLE,
            DEADLOCK_DETECTED);
    /**
     * How long a migration waits for a lock. Meanwhile, the statements of all nodes that use the table wait behind it, so it has to
     * be shorter than a node waits for PostgreSQL.
     */
    private static final String LOCK_TIMEOUT = "2s";

    private final PostgresConfig config;

    public JdbcConnections(PostgresConfig config) {
        this.config = config;
    }

    /** The reason of a failed connection or statement, on one line. */
    public static String reason(Throwable failure) {
        // The innermost message: the end of a connection has none.
        String reason = failure.getClass().getSimpleName();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && !message.isBlank()) {
                reason = message;
            }
            if (cause instanceof ConnectFailure) {
                break;
            }
        }
        return reason.lines().findFirst().orElse("");
    }

    /**
     * Checks that the server keeps the session of a connection, which prepared statements, LISTEN and timeouts need. A pooler
     * that ignores unknown parameters of a connection would otherwise fail at the first write.
     */
    public void requireSession() throws SQLException {
        try (Connection connection = getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT current_setting('" + MARKER + "', true)")) {
            if (!result.next() || !MARKED.equals(result.getString(1))) {
                throw new SQLException(ConnectFailure.ofPooler());
            }
        }
    }

    /**
     * Whether a later attempt may succeed without a change of the configuration: the host is unknown or not reachable, or the
     * server starts, stops or has no free connection, or another session holds a lock (PostgreSQL documentation, Appendix A).
     */
    public static boolean isUnreachable(Throwable failure) {
        SQLException sql = ConnectFailure.find(failure, SQLException.class);
        if (sql == null
                || ConnectFailure.find(failure, SSLException.class) != null
                || ConnectFailure.find(failure, CertificateException.class) != null) {
            return false;
        }
        return UNREACHABLE.contains(String.valueOf(sql.getSQLState()));
    }

    /** Whether a statement failed because another session holds a lock that it needs: it timed out, or ended a deadlock. */
    public static boolean isLocked(Throwable failure) {
        SQLException sql = ConnectFailure.find(failure, SQLException.class);
        return sql != null && LOCKED.contains(String.valueOf(sql.getSQLState()));
    }

    @Override
    public Connection getConnection() throws SQLException {
        Mode mode = config.tls().mode();
        try {
            return connect(mode);
        } catch (SQLException e) {
            // If the server has no TLS, or pg_hba.conf rejects it, the driver itself continues in clear text.
            if (mode == Mode.PREFER && ConnectFailure.find(e, SSLException.class) != null) {
                try {
                    return connect(Mode.DISABLE);
                } catch (SQLException second) {
                    e.addSuppressed(second);
                }
            }
            throw e;
        }
    }

    private Connection connect(Mode mode) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", config.role());
        properties.setProperty("password", config.password() == null ? "" : config.password());
        properties.setProperty("ApplicationName", config.parameters().getOrDefault("application_name", "gatehouse"));
        properties.setProperty(
                "options",
                String.join(
                        " ",
                        "-c lock_timeout=" + LOCK_TIMEOUT,
                        config.parameters().getOrDefault("options", ""),
                        "-c " + MARKER + "=" + MARKED));
        copy("search_path", "currentSchema", properties);
        // While it connects: a server whose host or proxy accepts connections may never respond.
        properties.setProperty("socketTimeout", String.valueOf(ClusterTimings.RESPONSE_TIMEOUT.toSeconds()));
        // JdbcSockets verifies certificates, with the same code as the pool.
        properties.setProperty("sslmode", mode.verifies() ? "require" : mode.toString());
        properties.setProperty("sslfactory", JdbcSockets.class.getName());
        try (JdbcSockets.Loan loan = new JdbcSockets.Loan(config.tls())) {
            try {
                Connection connection = DriverManager.getConnection(url(), properties);
                // A migration may take hours.
                connection.setNetworkTimeout(Runnable::run, 0);
                return connection;
            } catch (SQLException e) {
                Throwable explained = explained(e, loan.isTaken());
                throw explained == e ? e : new SQLException(explained.getMessage(), e.getSQLState(), explained);
            }
        }
    }

    private Throwable explained(SQLException failure, boolean encrypted) {
        if (encrypted) {
            return ConnectFailure.ofStartUp(failure, config);
        }
        // The driver rejects a server without an error message of that server for this reason only.
        return CONNECTION_REJECTED.equals(failure.getSQLState())
                ? ConnectFailure.withoutTls(config)
                : ConnectFailure.explained(failure, config);
    }

    private void copy(String parameter, String property, Properties properties) {
        String value = config.parameters().get(parameter);
        if (value != null) {
            properties.setProperty(property, value);
        }
    }

    private String url() {
        URI uri = URI.create(Objects.requireNonNull(config.url()));
        // The driver decodes a plus as a space.
        return "jdbc:postgresql://" + uri.getRawAuthority() + uri.getRawPath().replace("+", "%2B");
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
