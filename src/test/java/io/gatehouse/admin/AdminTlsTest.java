package io.gatehouse.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the Admin API over TLS with client certificates. */
class AdminTlsTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static AdminNode node;

    @BeforeAll
    static void start() {
        AdminConfig.Tls tls = new AdminConfig.Tls(file("rsa.pem"), file("rsa.key"), file("rsa.pem"));
        node = new AdminNode(
                TestDatabase.create(),
                new AdminConfig(new ListenAddress("127.0.0.1", 0), Duration.ofSeconds(2), List.of(), false, tls));
    }

    @AfterAll
    static void stop() {
        node.close();
        Gatehouse.await(VERTX.close());
    }

    private static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(AdminTlsTest.class.getResource("/tls/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int status(HttpClientOptions options) {
        HttpClient client =
                VERTX.createHttpClient(options.setSsl(true).setTrustAll(true).setVerifyHost(false));
        return Gatehouse.await(client.request(HttpMethod.GET, node.port(), "127.0.0.1", "/consumers")
                .compose(request -> request.send())
                .map(HttpClientResponse::statusCode));
    }

    private static PemKeyCertOptions pair(String certificate, String key) {
        return new PemKeyCertOptions()
                .setCertPath(file(certificate).toString())
                .setKeyPath(file(key).toString());
    }

    @Test
    void aClientWithACertificateOfTheAuthorityIsAccepted() {
        assertThat(status(new HttpClientOptions().setKeyCertOptions(pair("rsa.pem", "rsa.key"))))
                .isEqualTo(200);
    }

    @Test
    void aClientWithoutACertificateOfTheAuthorityIsRejected() {
        assertThatThrownBy(() -> status(new HttpClientOptions())).isNotNull();
        assertThatThrownBy(() -> status(new HttpClientOptions().setKeyCertOptions(pair("ec.pem", "ec.key"))))
                .isNotNull();
    }
}
