package io.gatehouse.launch.datadir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.LaunchException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

class SelfSignedCertificateTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void itIsForThisMachineAndIsNoAuthority() throws Exception {
        SelfSignedCertificate made = SelfSignedCertificate.in(directory.resolve("data"));

        X509Certificate certificate = read(made);
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=localhost");
        assertThat(Objects.requireNonNull(certificate.getSubjectAlternativeNames()))
                .contains(List.of(2, "localhost"), List.of(7, "127.0.0.1"), List.of(7, "0:0:0:0:0:0:0:1"));
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
        assertThat(certificate.getPublicKey().getAlgorithm()).isEqualTo("EC");
        assertThat(certificate.getNotAfter().toInstant())
                .isBetween(
                        Clock.systemUTC().instant().plus(Duration.ofDays(824)),
                        Clock.systemUTC().instant().plus(Duration.ofDays(826)));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.key())))
                .isEqualTo("rw-------");
    }

    @Test
    void itIsCreatedOnce() throws Exception {
        String first = Files.readString(SelfSignedCertificate.in(directory).certificate());

        assertThat(Files.readString(SelfSignedCertificate.in(directory).certificate()))
                .isEqualTo(first);
    }

    @Test
    void itIsReplacedBeforeItExpires() throws Exception {
        X509Certificate first = read(SelfSignedCertificate.in(directory));
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(796));

        X509Certificate second = read(SelfSignedCertificate.in(directory, later));

        assertThat(second.getNotAfter()).isAfter(first.getNotAfter());
        assertThat(second.getPublicKey()).isNotEqualTo(first.getPublicKey());
    }

    @Test
    void aDamagedCertificateIsReplaced() throws Exception {
        Files.writeString(SelfSignedCertificate.in(directory).certificate(), "-----BEGIN CERTIFICATE-----\nMII");

        assertThat(read(SelfSignedCertificate.in(directory)).getSubjectX500Principal())
                .isNotNull();
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsNamedInTheError() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThatThrownBy(() -> SelfSignedCertificate.in(file))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("GATEHOUSE_DATA_DIR");
    }

    @Test
    @ExtendWith(VertxExtension.class)
    void aClientThatTrustsItConnectsToAServerThatUsesIt(Vertx vertx, VertxTestContext test) throws Exception {
        SelfSignedCertificate made = SelfSignedCertificate.in(directory);
        HttpServerOptions server = new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertPath(made.certificate().toString())
                        .addKeyPath(made.key().toString()));
        HttpClientOptions client = new HttpClientOptions()
                .setSsl(true)
                .setTrustOptions(
                        new PemTrustOptions().addCertPath(made.certificate().toString()));

        // Referenced until the end, because Vert.x closes an unreachable client.
        HttpClient http = vertx.createHttpClient(client);
        vertx.createHttpServer(server)
                .requestHandler(request -> request.response().end("hello"))
                .listen(0, "127.0.0.1")
                .compose(listening -> http.request(HttpMethod.GET, listening.actualPort(), "localhost", "/"))
                .compose(request -> request.send().compose(response -> response.body()))
                .onComplete(test.succeeding(body -> test.verify(() -> {
                    assertThat(body.toString()).isEqualTo("hello");
                    http.close();
                    test.completeNow();
                })));
    }

    private static X509Certificate read(SelfSignedCertificate made) throws Exception {
        try (InputStream in = Files.newInputStream(made.certificate())) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
