package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.launch.command.GatehouseCommand;
import io.gatehouse.launch.logging.LogbackDefaults;
import io.gatehouse.launch.logging.Logging;
import io.gatehouse.launch.settings.ConfigException;
import io.gatehouse.launch.settings.ConfigLoader;
import io.gatehouse.store.Database;
import io.gatehouse.testing.Authority;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.TlsPostgres;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Tests connections from {@code postgres.url} to the server, for {@code migrate} and for the pool of a node. */
class PostgresTlsStartTest {
    private static final String POOL_TIMEOUT = "Timeout waiting for connection";

    private static final Vertx VERTX = Vertx.vertx();
    private static final Authority TRUSTED = new Authority("trusted");
    private static final TlsPostgres SERVER = TlsPostgres.start(TRUSTED.issue("localhost", "localhost"), TRUSTED);

    @TempDir
    static Path files = Path.of("");

    @BeforeAll
    static void writeFiles() {
        Authority.write(files.resolve("trusted.pem"), TRUSTED.certificate());
        Authority.write(files.resolve("other.pem"), new Authority("other").certificate());
        Authority.Issued client = TRUSTED.issue("RSA", "app", Instant.now().plusSeconds(3600));
        Authority.write(files.resolve("client.pem"), client.certificate());
        Authority.write(files.resolve("client-pkcs8.key"), client.pkcs8());
        Authority.write(files.resolve("client-pkcs1.key"), client.traditional());
        Authority.Issued curve = TRUSTED.issue("app");
        Authority.write(files.resolve("curve.pem"), curve.certificate());
        Authority.write(files.resolve("curve-sec1.key"), curve.traditional());
    }

    @AfterAll
    static void stop() {
        SERVER.close();
        Gatehouse.await(VERTX.close());
    }

    @AfterEach
    void restoreTheLogSettings() {
        Logging.configure(LogbackDefaults.QUIET, false);
    }

    private static String url(String role, String host, String parameters) {
        return "postgresql://" + role + "@" + host + ":" + SERVER.port() + "/postgres?"
                + parameters.replace("@", files.toString() + "/");
    }

    /** Returns the exit code and the output of {@code migrate}. */
    private static String migrate(String url) {
        StringWriter printed = new StringWriter();
        int exitCode = GatehouseCommand.commandLine(Map.of("GATEHOUSE_POSTGRES_URL", url), files)
                .setOut(new PrintWriter(printed))
                .setErr(new PrintWriter(printed))
                .execute("migrate");
        return exitCode + " " + printed;
    }

    private static PostgresConfig config(String url) throws ConfigException {
        return new ConfigLoader(Map.of("GATEHOUSE_POSTGRES_URL", url), files)
                .load(null)
                .config()
                .postgres();
    }

    /** Returns the pool's log line about a server that it cannot use, or an empty text. */
    private static String pool(String url) throws ConfigException {
        Instant limit = Instant.now().plusSeconds(60);
        String logged;
        do {
            logged = logged(config(url));
            // On a busy machine the pool may time out before it connects.
        } while (logged.endsWith("Timeout waiting for connection")
                && Instant.now().isBefore(limit));
        return logged;
    }

    private static String logged(PostgresConfig config) {
        Logger logger = (Logger) LoggerFactory.getLogger(Database.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        Database database = Database.open(VERTX, config);
        try {
            boolean reached = Gatehouse.await(database.ping());
            if (!reached && !log.list.get(0).getFormattedMessage().endsWith(POOL_TIMEOUT)) {
                Gatehouse.await(database.ping());
                assertThat(log.list).as("one line, not one for each attempt").hasSize(1);
            }
            return reached ? "" : log.list.get(0).getFormattedMessage();
        } finally {
            logger.detachAppender(log);
            Gatehouse.await(database.close());
        }
    }

    private static String encrypted(String application) {
        return SERVER.query(
                "SELECT string_agg(DISTINCT ssl::text, ',') FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                        + " WHERE application_name = '" + application + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sslmode=require",
                "sslmode=require&sslrootcert=@trusted.pem",
                "sslmode=verify-ca&sslrootcert=@trusted.pem",
                "sslmode=verify-full&sslrootcert=@trusted.pem"
            })
    void migrateAndThePoolConnectWithTls(String parameters) throws Exception {
        String url = url("postgres", "localhost", parameters);

        assertThat(migrate(url)).startsWith("0 the database has schema version");
        assertThat(pool(url)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sslmode=verify-full&sslrootcert=@other.pem | localhost | the certificate of the server is not trusted",
                "sslmode=verify-ca&sslrootcert=@other.pem   | localhost | the certificate of the server is not trusted",
                "sslmode=require&sslrootcert=@other.pem     | localhost | the certificate of the server is not trusted",
                "sslmode=verify-full&sslrootcert=@trusted.pem | 127.0.0.1 | does not name the host 127.0.0.1",
                "sslmode=disable                            | localhost | no pg_hba.conf entry"
            })
    void migrateAndThePoolRejectTheSameServersForTheSameReason(String parameters, String host, String reason)
            throws Exception {
        String url = url("postgres", host, parameters);

        assertThat(migrate(url))
                .startsWith("1 gatehouse: cannot prepare the database at " + host + "/postgres: ")
                .contains(reason)
                .hasLineCount(1);
        assertThat(pool(url))
                .startsWith("database unavailable: ")
                .contains(reason)
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({"client.pem, client-pkcs8.key", "client.pem, client-pkcs1.key", "curve.pem, curve-sec1.key"})
    void aClientKeyCanHaveEachPemForm(String certificate, String key) throws Exception {
        String url = url(
                "app",
                "localhost",
                "sslmode=verify-full&sslrootcert=@trusted.pem&sslcert=@" + certificate + "&sslkey=@" + key);

        assertThat(migrate(url)).startsWith("0 ");
        assertThat(pool(url)).isEmpty();
    }

    @Test
    void anUnknownHostIsReportedAsUnknown() throws Exception {
        String url = "postgresql://no-such-host.invalid/gatehouse";

        assertThat(migrate(url))
                .startsWith("1 gatehouse: cannot prepare the database at no-such-host.invalid/gatehouse: unknown host"
                        + " no-such-host.invalid");
        assertThat(pool(url)).isEqualTo("database unavailable: unknown host no-such-host.invalid");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postgres | sslmode=verify-full&sslrootcert=@trusted.pem | true",
                "postgres | sslmode=prefer | true",
                "plain | sslmode=prefer | false"
            })
    void theListenConnectionUsesTheSameModeAlsoAfterAReconnect(String role, String parameters, String isEncrypted)
            throws Exception {
        String application = "listens-" + role + parameters.length();
        Database database =
                Database.open(VERTX, config(url(role, "localhost", parameters + "&application_name=" + application)));
        CountDownLatch again = new CountDownLatch(2);
        try {
            CountDownLatch once = new CountDownLatch(1);
            database.listen(() -> {
                once.countDown();
                again.countDown();
            });
            assertThat(once.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(encrypted(application)).isEqualTo(isEncrypted);

            SERVER.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '"
                    + application + "'");
            assertThat(again.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(encrypted(application)).isEqualTo(isEncrypted);
        } finally {
            Gatehouse.await(database.close());
        }
    }

    @Test
    void sessionParametersApplyToMigrateAndThePool() throws Exception {
        SERVER.query("CREATE SCHEMA other_schema");
        String url = url("postgres", "localhost", "search_path=other_schema&options=-c%20work_mem%3D5MB");

        assertThat(migrate(url)).startsWith("0 ");
        assertThat(SERVER.query("SELECT string_agg(schemaname, ',') FROM pg_tables WHERE tablename = 'services'"
                        + " AND schemaname = 'other_schema'"))
                .isEqualTo("other_schema");
        assertThat(pool(url)).isEmpty();
    }
}
