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

    /** Migrated once. A copy takes a tenth of the time of the migrations. */
    private static final class Template {
        private static final String NAME = database(createEmpty());

        private static String database(PostgresConfig config) {
            Migrations.run(config);
            return config.database();
        }
    }

    /** Creates a database with an empty schema. */
    public static PostgresConfig create() {
        return create(Template.NAME);
    }

    /** Creates a database without the schema. */
    public static PostgresConfig createEmpty() {
        return create("template1");
    }

    private static PostgresConfig create(String template) {
        String name = "gatehouse_" + COUNTER.incrementAndGet();
        Server server = Server.SHARED;
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://" + server.address + "/postgres", server.user, server.password);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " TEMPLATE " + template);
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
                Path data = Files.createTempDirectory("gatehouse-postgres");
                EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        // No test needs data after a crash of the system.
                        .setServerConfig("fsync", "off")
                        .setServerConfig("full_page_writes", "off")
                        // With more than 100 databases, it would start a process for another one several times a
                        // second.
                        .setServerConfig("autovacuum", "off")
                        .start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(postgres, data)));
                return new Server("localhost:" + postgres.getPort(), "postgres", "postgres");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** A process of its own removes the files of all databases: it takes longer than Surefire lets a JVM end. */
        private static void close(EmbeddedPostgres postgres, Path data) {
            try {
                postgres.close();
                new ProcessBuilder("rm", "-rf", data.toString()).start();
            } catch (IOException e) {
                // The JVM is ending. The files stay in the directory for temporary ones.
            }
        }
    }
}
