package io.gatehouse.store.postgres;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.PostgresTls;
import io.gatehouse.store.Database;
import io.gatehouse.syntax.PemCertificate;
import io.gatehouse.testing.Authority;
import io.gatehouse.testing.TlsPostgres;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests a password and an authority of the database that change while the pool is open. */
class RotatedPasswordTest {
    private static final Authority AUTHORITY = new Authority("authority");
    private static final TlsPostgres SERVER = TlsPostgres.start(AUTHORITY.issue("localhost", "localhost"), AUTHORITY);

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    @AfterAll
    static void stopServer() {
        SERVER.close();
    }

    private static PostgresConfig config(String password, PostgresTls tls) {
        return new PostgresConfig(
                "postgresql://localhost:" + SERVER.port() + "/postgres", "secret", password, 1, false, tls, Map.of());
    }

    private static PostgresTls trusting(Authority authority) {
        return new PostgresTls(PostgresTls.Mode.VERIFY_FULL, PemCertificate.chain(authority.certificate()), null);
    }

    /** Ends the open connections. The pool notices it a moment later. */
    private static void disconnect() {
        SERVER.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'secret'");
    }

    private static void becomes(Database database, boolean reachable) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> await(database.ping()) == reachable);
    }

    @Test
    void newConnections_useTheChangedPassword_andOpenOnesStay() {
        PostgresConfig old = config(TlsPostgres.PASSWORD, PostgresTls.PREFERRED);
        Database database = Database.open(vertx, old);
        try {
            assertThat(await(database.ping())).isTrue();
            SERVER.query("ALTER ROLE secret PASSWORD 'rotated'");
            assertThat(await(database.ping())).as("the open connection").isTrue();
            disconnect();
            becomes(database, false);

            assertThat(database.useCredentials(config("rotated", PostgresTls.PREFERRED)))
                    .isTrue();

            becomes(database, true);
            assertThat(database.useCredentials(config("rotated", PostgresTls.PREFERRED)))
                    .as("the same password again")
                    .isFalse();
        } finally {
            await(database.close());
            SERVER.query("ALTER ROLE secret PASSWORD '" + TlsPostgres.PASSWORD + "'");
        }
    }

    @Test
    void newConnections_trustTheChangedAuthority_butKeepTheMode() {
        Database database =
                Database.open(vertx, config(TlsPostgres.PASSWORD, trusting(new Authority("previous authority"))));
        try {
            assertThat(await(database.ping())).isFalse();
            database.useCredentials(config(TlsPostgres.PASSWORD, PostgresTls.PREFERRED));
            assertThat(await(database.ping())).as("with another mode").isFalse();

            database.useCredentials(config(TlsPostgres.PASSWORD, trusting(AUTHORITY)));

            becomes(database, true);
        } finally {
            await(database.close());
        }
    }
}
