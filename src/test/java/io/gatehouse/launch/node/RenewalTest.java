package io.gatehouse.launch.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.launch.settings.ConfigException;
import io.gatehouse.launch.settings.ConfigLoader;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Authority;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Scrape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Tests certificates and tokens whose files change while the node runs. */
class RenewalTest {
    private static final Authority AUTHORITY = new Authority("authority");
    private static final String PROXY = "proxy.https";
    private static final String ADMIN = "admin.http";

    private final PostgresConfig database = TestDatabase.create();

    @TempDir
    private Path directory;

    @BeforeEach
    void createFiles() {
        present("first");
        write("token", "old");
    }

    private void write(String file, String text) {
        try {
            Files.writeString(directory.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a certificate of that name and its key. Returns when it expires. */
    private Instant present(String name) {
        Instant end = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
        Authority.Issued issued = AUTHORITY.issue("EC", name, end, "localhost");
        write("tls.crt", issued.certificate());
        write("tls.key", issued.pkcs8());
        return end;
    }

    /** Reads the configuration as the process does. */
    private GatehouseConfig load() throws ConfigException {
        String certificate = directory.resolve("tls.crt").toString();
        String key = directory.resolve("tls.key").toString();
        return new ConfigLoader(
                        Map.ofEntries(
                                Map.entry(
                                        "GATEHOUSE_DATA_DIR",
                                        directory.resolve("data").toString()),
                                Map.entry("GATEHOUSE_DRAIN_DELAY", "1ms"),
                                Map.entry("GATEHOUSE_PROXY_HTTP", "127.0.0.1:0"),
                                Map.entry("GATEHOUSE_PROXY_HTTPS", "127.0.0.1:0"),
                                Map.entry("GATEHOUSE_ADMIN_HTTP", "127.0.0.1:0"),
                                Map.entry("GATEHOUSE_STATUS_HTTP", "127.0.0.1:0"),
                                Map.entry("GATEHOUSE_PROXY_CERTIFICATE", certificate),
                                Map.entry("GATEHOUSE_PROXY_CERTIFICATE_KEY", key),
                                Map.entry("GATEHOUSE_ADMIN_CERTIFICATE", certificate),
                                Map.entry("GATEHOUSE_ADMIN_CERTIFICATE_KEY", key),
                                Map.entry(
                                        "GATEHOUSE_ADMIN_TOKEN_FILE",
                                        directory.resolve("token").toString()),
                                Map.entry("GATEHOUSE_POSTGRES_URL", Objects.requireNonNull(database.url())),
                                Map.entry("GATEHOUSE_POSTGRES_USER", Objects.requireNonNull(database.user())),
                                Map.entry("GATEHOUSE_POSTGRES_PASSWORD", Objects.requireNonNull(database.password()))),
                        directory)
                .load(null)
                .config();
    }

    /** Returns the name in the certificate that a listener presents. */
    private static String presented(Gatehouse gatehouse, String listener) {
        try (SSLSocket socket = (SSLSocket) Http.trustingAll()
                .getSocketFactory()
                .createSocket("127.0.0.1", gatehouse.node().port(listener))) {
            socket.setSoTimeout(10_000);
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int status(Gatehouse gatehouse, String token) {
        String url = "https://localhost:" + gatehouse.node().port(ADMIN) + "/consumers";
        return Http.send(Http.get(url, "Authorization", "Bearer " + token)).status();
    }

    @Test
    void listenersPresentTheChangedCertificate_fromTheNextHandshake() throws Exception {
        try (Gatehouse gatehouse = Gatehouse.start(load())) {
            assertThat(presented(gatehouse, PROXY)).isEqualTo("CN=first");
            assertThat(presented(gatehouse, ADMIN)).isEqualTo("CN=first");
            Instant end = present("second");

            Gatehouse.await(gatehouse.node().renew(load()));

            assertThat(presented(gatehouse, PROXY)).isEqualTo("CN=second");
            assertThat(presented(gatehouse, ADMIN)).isEqualTo("CN=second");
            for (String key : List.of("proxy.certificate", "admin.certificate")) {
                assertThat(Scrape.of(gatehouse)
                                .sum("gatehouse_certificate_expiration_timestamp_seconds", "certificate", key))
                        .as(key)
                        .isEqualTo((double) end.getEpochSecond());
            }
        }
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused_andThePreviousPairStays() throws Exception {
        try (Gatehouse gatehouse = Gatehouse.start(load())) {
            write("tls.key", AUTHORITY.issue("other", "localhost").pkcs8());

            assertThatThrownBy(() -> Gatehouse.await(gatehouse.node().renew(load())))
                    .hasMessageContaining("is not the key of the first certificate in ");

            assertThat(presented(gatehouse, PROXY)).isEqualTo("CN=first");
            assertThat(presented(gatehouse, ADMIN)).isEqualTo("CN=first");
        }
    }

    @Test
    void aNodeWhoseKeyIsOfAnotherCertificateDoesNotStart() throws Exception {
        write("tls.key", AUTHORITY.issue("other", "localhost").pkcs8());
        GatehouseConfig config = load();

        assertThatThrownBy(() -> Gatehouse.start(config))
                .hasMessageContaining("is not the key of the first certificate in ");
    }

    @Test
    void oneFileMayHaveTheCertificateAndItsKey() throws Exception {
        Authority.Issued issued = AUTHORITY.issue("joined", "localhost");
        String both = "a comment\n" + issued.pkcs8() + issued.certificate();
        write("tls.crt", both);
        write("tls.key", both);

        try (Gatehouse gatehouse = Gatehouse.start(load())) {
            assertThat(presented(gatehouse, PROXY)).isEqualTo("CN=joined");
        }
    }

    @Test
    void tokensOfTheChangedFileAreValidFromTheNextRequest() throws Exception {
        try (Gatehouse gatehouse = Gatehouse.start(load())) {
            assertThat(status(gatehouse, "old")).isEqualTo(200);
            assertThat(status(gatehouse, "new")).isEqualTo(401);

            write("token", "new\nold\n");
            Gatehouse.await(gatehouse.node().renew(load()));
            assertThat(status(gatehouse, "old")).isEqualTo(200);
            assertThat(status(gatehouse, "new")).isEqualTo(200);

            write("token", "new\n");
            Gatehouse.await(gatehouse.node().renew(load()));
            assertThat(status(gatehouse, "old")).isEqualTo(401);
            assertThat(status(gatehouse, "new")).isEqualTo(200);
        }
    }

    @Test
    void filesAreReadAtEachInterval_andAFailureIsLoggedOnce() throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger(Renewal.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try (Gatehouse gatehouse = Gatehouse.start(load())) {
            write("token", "");
            gatehouse.node().renewFrom(this::load, Duration.ofMillis(20));
            Awaitility.await().until(() -> refusals(lines) > 0);

            write("token", "new");
            Awaitility.await().until(() -> status(gatehouse, "new") == 200);

            assertThat(refusals(lines)).isEqualTo(1);
        } finally {
            log.detachAppender(lines);
        }
    }

    @Test
    void aCertificateIsRenewed_whileAnotherValueIsInvalid() throws Exception {
        try (Gatehouse gatehouse = Gatehouse.start(load())) {
            write("token", "");
            present("second");
            gatehouse.node().renewFrom(this::load, Duration.ofMillis(20));

            Awaitility.await().until(() -> presented(gatehouse, PROXY).equals("CN=second"));
            Awaitility.await().until(() -> presented(gatehouse, ADMIN).equals("CN=second"));
            assertThat(status(gatehouse, "old")).isEqualTo(200);
        }
    }

    private static long refusals(ListAppender<ILoggingEvent> lines) {
        return List.copyOf(lines.list).stream()
                .filter(line -> line.getFormattedMessage().contains("cannot be read again"))
                .filter(line -> line.getFormattedMessage().contains("is empty"))
                .count();
    }
}
