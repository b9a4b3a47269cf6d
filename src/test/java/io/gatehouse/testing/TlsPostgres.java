package io.gatehouse.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Runs a PostgreSQL with TLS. Its pg_hba.conf has a rule for each role: {@code postgres} must use TLS, {@code app} must present
 * a certificate as well, {@code plain} must not use TLS, and {@code secret} uses TLS and a password.
 */
public final class TlsPostgres implements AutoCloseable {
    /** The password of the role {@code secret}. */
    public static final String PASSWORD = "open-sesame";

    private final EmbeddedPostgres server;

    private TlsPostgres(EmbeddedPostgres server) {
        this.server = server;
    }

    /** Starts a server that presents a certificate and accepts those of {@code clients}. */
    public static TlsPostgres start(Authority.Issued own, Authority clients) {
        try {
            TlsPostgres postgres = new TlsPostgres(EmbeddedPostgres.builder()
                    .setServerConfig("unix_socket_directories", "")
                    .setDataDirectoryCustomizer(data -> configure(data, own, clients))
                    .start());
            postgres.query("CREATE ROLE app SUPERUSER LOGIN");
            postgres.query("CREATE ROLE plain SUPERUSER LOGIN");
            postgres.query("CREATE ROLE secret SUPERUSER LOGIN PASSWORD '" + PASSWORD + "'");
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void configure(File data, Authority.Issued own, Authority clients) {
        Path directory = data.toPath();
        try {
            Authority.write(directory.resolve("own.pem"), own.certificate());
            Authority.write(directory.resolve("own.key"), own.pkcs8());
            Authority.write(directory.resolve("clients.pem"), clients.certificate());
            Files.writeString(
                    directory.resolve("postgresql.conf"),
                    "\nssl = on\nssl_cert_file = 'own.pem'\nssl_key_file = 'own.key'\nssl_ca_file = 'clients.pem'\n",
                    StandardOpenOption.APPEND);
            Files.writeString(directory.resolve("pg_hba.conf"), """
                    hostssl   all postgres all trust
                    hostssl   all app      all trust clientcert=verify-ca
                    hostnossl all plain    all trust
                    hostssl   all secret   all scram-sha-256
                    """, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.getPort();
    }

    /** Runs a statement and returns the first column of the first row, if there is one. */
    public String query(String sql) {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://localhost:" + port() + "/postgres", "postgres", "");
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            ResultSet rows = statement.getResultSet();
            return rows.next() ? rows.getString(1) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
