package io.gatehouse.store.postgres;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.PostgresTls;
import io.gatehouse.config.PostgresTls.ClientKey;
import io.gatehouse.config.PostgresTls.Mode;
import io.gatehouse.store.Database;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.syntax.PemCertificate;
import io.gatehouse.testing.Authority;
import io.gatehouse.testing.TlsPostgres;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests each TLS mode with both drivers, against servers that require TLS, have an expired certificate, or have no TLS. */
class DatabaseTlsTest {
    private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");
    private static final Authority TRUSTED = new Authority("trusted");
    private static final Authority OTHER = new Authority("other");
    private static final Authority OUTDATED = new Authority("outdated", PAST);
    private static final Authority.Issued EXPIRED = TRUSTED.issue("EC", "localhost", PAST, "localhost");

    private static final String UNTRUSTED =
            "the certificate of the server is not trusted: no authority of sslrootcert has issued it";

    private static final Vertx VERTX = Vertx.vertx();
    private static final TlsPostgres SERVER = start(TRUSTED.issue("localhost", "localhost"));
    private static final TlsPostgres OVERDUE = start(EXPIRED);

    /** The drivers of the pool and of the migrations. */
    private enum Driver {
        POOL {
            @Override
            String connect(PostgresConfig config) {
                Database database = Database.open(VERTX, config);
                try {
                    return first(database);
                } finally {
                    await(database.close());
                }
            }

            private static String first(Database database) {
                Instant limit = Instant.now().plusSeconds(60);
                String result = LATE;
                while (result.equals(LATE) && Instant.now().isBefore(limit)) {
                    result = await(database.query(SESSION, Tuple.tuple())
                            .map(rows -> state(rows.iterator().next().getBoolean(0)))
                            .otherwise(failure ->
                                    String.valueOf(failure.getMessage()).replace("database unavailable: ", "")));
                }
                return result;
            }
        },
        JDBC {
            @Override
            String connect(PostgresConfig config) {
                try (Connection connection = new JdbcConnections(config).getConnection();
                        Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery(SESSION)) {
                    rows.next();
                    return state(rows.getBoolean(1));
                } catch (SQLException e) {
                    return JdbcConnections.reason(e);
                }
            }
        };

        /** No result: the machine was too busy for the pool's time limit. */
        private static final String LATE = "Timeout waiting for connection";

        private static final String SESSION = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

        /** "TLS", "clear text", or the reason of the failure. */
        abstract String connect(PostgresConfig config);

        static String state(boolean encrypted) {
            return encrypted ? "TLS" : "clear text";
        }
    }

    private static TlsPostgres start(Authority.Issued certificate) {
        return TlsPostgres.start(certificate, TRUSTED);
    }

    @AfterAll
    static void stop() {
        SERVER.close();
        OVERDUE.close();
        await(VERTX.close());
    }

    private static void assertBoth(String expected, PostgresConfig config) {
        assertThat(Map.of("pool", Driver.POOL.connect(config), "migrations", Driver.JDBC.connect(config)))
                .allSatisfy((driver, result) -> assertThat(result).as(driver).contains(expected));
    }

    private static PostgresConfig as(String role, String host, TlsPostgres postgres, PostgresTls tls) {
        return new PostgresConfig(
                "postgresql://" + host + ":" + postgres.port() + "/postgres", role, null, 1, false, tls, Map.of());
    }

    /** The mode, with the server's authority if it verifies. */
    private static PostgresTls trusting(Mode mode) {
        return tls(mode, authorities(mode));
    }

    private static Authority[] authorities(Mode mode) {
        return mode.verifies() ? new Authority[] {TRUSTED} : new Authority[0];
    }

    private static PostgresTls tls(Mode mode, Authority... authorities) {
        return tls(mode, null, authorities);
    }

    private static PostgresTls tls(Mode mode, @Nullable ClientKey client, Authority... authorities) {
        return new PostgresTls(
                mode,
                List.of(authorities).stream()
                        .flatMap(authority -> PemCertificate.chain(authority.certificate()).stream())
                        .toList(),
                client);
    }

    @ParameterizedTest
    @CsvSource({"DISABLE, no pg_hba.conf entry", "PREFER, TLS", "REQUIRE, TLS", "VERIFY_CA, TLS", "VERIFY_FULL, TLS"})
    void serverThatRequiresTls_isReachedByEveryModeWithTls(Mode mode, String expected) {
        assertBoth(expected, as("postgres", "localhost", SERVER, trusting(mode)));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void certificateOfAnotherAuthority_isRejectedByVerifyingModes(Mode mode) {
        assertBoth(
                mode.verifies() ? UNTRUSTED : mode == Mode.DISABLE ? "no pg_hba.conf entry" : "TLS",
                as("postgres", "localhost", SERVER, mode.verifies() ? tls(mode, OTHER) : tls(mode)));
    }

    @ParameterizedTest
    @CsvSource({
        "PREFER, TLS",
        "REQUIRE, TLS",
        "VERIFY_CA, TLS",
        "VERIFY_FULL, the certificate of the server does not name the host 127.0.0.1"
    })
    void certificateForAnotherName_isRejectedByVerifyFullOnly(Mode mode, String expected) {
        assertBoth(expected, as("postgres", "127.0.0.1", SERVER, trusting(mode)));
    }

    @ParameterizedTest
    @CsvSource({
        "PREFER, TLS",
        "REQUIRE, TLS",
        "VERIFY_CA, the certificate of the server has expired",
        "VERIFY_FULL, the certificate of the server has expired"
    })
    void expiredCertificate_isRejectedByVerifyingModes(Mode mode, String expected) {
        assertBoth(expected, as("postgres", "localhost", OVERDUE, trusting(mode)));
    }

    @ParameterizedTest
    @EnumSource(names = {"VERIFY_CA", "VERIFY_FULL"})
    void expiredCertificate_isRejectedAsItsOwnAuthority(Mode mode) {
        PostgresTls pinned =
                new PostgresTls(mode, PemCertificate.chain(TRUSTED.certificate() + EXPIRED.certificate()), null);

        assertBoth("the certificate of the server has expired", as("postgres", "localhost", OVERDUE, pinned));
    }

    @ParameterizedTest
    @EnumSource(names = {"VERIFY_CA", "VERIFY_FULL"})
    void certificateOfAnExpiredAuthority_isRejected(Mode mode) {
        assertBoth(
                "every authority of sslrootcert has expired", as("postgres", "localhost", SERVER, tls(mode, OUTDATED)));
        assertBoth(UNTRUSTED, as("postgres", "localhost", SERVER, tls(mode, OUTDATED, OTHER)));
        assertBoth("TLS", as("postgres", "localhost", SERVER, tls(mode, OUTDATED, TRUSTED)));
    }

    @ParameterizedTest
    @CsvSource({"PREFER", "REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    void missingClientCertificate_isNamedAsTheReason(Mode mode) {
        assertBoth("connection requires a valid client certificate", as("app", "localhost", SERVER, trusting(mode)));
    }

    @ParameterizedTest
    @CsvSource({"EC, PREFER", "EC, REQUIRE", "EC, VERIFY_CA", "EC, VERIFY_FULL", "RSA, VERIFY_FULL"})
    void clientCertificateOfTheServersAuthority_isAccepted(String algorithm, Mode mode) {
        Authority.Issued own = TRUSTED.issue(algorithm, "app", Instant.now().plusSeconds(3600));

        assertBoth("TLS", as("app", "localhost", SERVER, tls(mode, key(own), authorities(mode))));
    }

    @ParameterizedTest
    @CsvSource({"REQUIRE", "VERIFY_FULL"})
    void clientCertificateOfAnotherAuthority_isNamedAsTheReason(Mode mode) {
        assertBoth("sslcert", as("app", "localhost", SERVER, tls(mode, key(OTHER.issue("app")), authorities(mode))));
    }

    private static ClientKey key(Authority.Issued issued) {
        return new ClientKey(
                PemCertificate.chain(issued.certificate()), issued.keys().getPrivate());
    }

    @ParameterizedTest
    @CsvSource({
        "DISABLE, clear text",
        "PREFER, clear text",
        "REQUIRE, the server does not support TLS",
        "VERIFY_CA, the server does not support TLS",
        "VERIFY_FULL, the server does not support TLS"
    })
    void serverWithoutTls_isReachedByModesThatAllowClearText(Mode mode, String expected) {
        PostgresConfig empty = TestDatabase.createEmpty();
        PostgresTls tls = trusting(mode);

        assertBoth(expected, new PostgresConfig(empty.url(), empty.user(), empty.password(), 1, false, tls, Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "DISABLE, clear text",
        "PREFER, clear text",
        "REQUIRE, no pg_hba.conf entry",
        "VERIFY_CA, no pg_hba.conf entry",
        "VERIFY_FULL, no pg_hba.conf entry"
    })
    void serverThatForbidsTls_isReachedByModesThatAllowClearText(Mode mode, String expected) {
        assertBoth(expected, as("plain", "localhost", SERVER, trusting(mode)));
    }

    @ParameterizedTest
    @EnumSource(names = {"PREFER", "REQUIRE"})
    void wrongPassword_isNotSentInClearText(Mode mode) {
        PostgresConfig config = as("secret", "localhost", SERVER, tls(mode));

        assertBoth(
                "password authentication failed",
                new PostgresConfig(config.url(), "secret", "guess", 1, false, config.tls(), Map.of()));
        assertBoth(
                "TLS",
                new PostgresConfig(config.url(), "secret", TlsPostgres.PASSWORD, 1, false, config.tls(), Map.of()));
    }
}
