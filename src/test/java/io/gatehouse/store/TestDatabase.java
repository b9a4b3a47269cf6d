package io.gatehouse.store;

import io.gatehouse.config.PostgresConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * Creates migrated databases on one PostgreSQL server of the test JVM: an embedded one, or Testcontainers' if a
 * Docker engine responds or {@code -Dgatehouse.test.postgres=testcontainers} selects it.
 */
public final class TestDatabase {
    private static final int POOL_SIZE = 8;
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private TestDatabase() {}

    /** Creates a database with an empty schema. */
    public static PostgresConfig create() {
        PostgresConfig config = createEmpty();
        Migrations.run(config);
        return config;
    }

    /** Creates a database without the schema. */
    public static PostgresConfig createEmpty() {
        String name = "gatehouse_" + COUNTER.incrementAndGet();
        Server server = Server.SHARED;
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://" + server.address + "/postgres", server.user, server.password);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new PostgresConfig(
                "postgresql://" + server.address + "/" + name, server.user, server.password, POOL_SIZE);
    }

    private record Server(String address, String user, String password) {
        private static final Server SHARED = isDockerWanted() ? container() : embedded();

        private static boolean isDockerWanted() {
            String wanted = System.getProperty("gatehouse.test.postgres", "");
            return wanted.equals("testcontainers")
                    || (wanted.isEmpty() && Files.isWritable(Path.of("/var/run/docker.sock")));
        }

        @SuppressWarnings("resource") // Runs as long as the tests. Testcontainers' reaper removes it.
        private static Server container() {
            PostgreSQLContainer container = new PostgreSQLContainer("postgres:18-alpine");
            container.start();
            return new Server(
                    container.getHost() + ":" + container.getFirstMappedPort(),
                    container.getUsername(),
                    container.getPassword());
        }

        private static Server embedded() {
            try {
                EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(postgres)));
                return new Server("localhost:" + postgres.getPort(), "postgres", "postgres");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void close(EmbeddedPostgres postgres) {
            try {
                postgres.close();
            } catch (IOException e) {
                // The JVM is ending. The server's watcher removes the rest.
            }
        }
    }
}
