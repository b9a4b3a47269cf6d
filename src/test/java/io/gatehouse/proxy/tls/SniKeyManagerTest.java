package io.gatehouse.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Pem;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which certificate a client receives by the server name of its handshake (docs/reference/proxy.md#protocols). */
class SniKeyManagerTest {
    private static final String RSA = "CN=rsa.test";
    private static final String EC = "CN=ec.test";

    private static Gatehouse gatehouse;
    private static Upstream upstream;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start(
                Gatehouse.config(TestDatabase.create(), List.of()),
                Map.of(
                        "TLS_EC_TEST_KEY",
                        Pem.read("ec.key"),
                        "EC_PAIR",
                        pair("ec").encode()));
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @AfterEach
    void invalidate() {
        gatehouse
                .admin("GET", "/certificates")
                .json()
                .getJsonArray("data")
                .forEach(certificate -> gatehouse
                        .admin("DELETE", "/certificates/" + ((JsonObject) certificate).getString("id"))
                        .isStatus(204));
    }

    private static JsonObject pair(String name) {
        return new JsonObject().put("cert", Pem.read(name + ".pem")).put("key", Pem.read(name + ".key"));
    }

    private static JsonObject certificate(String name, String... snis) {
        return gatehouse.create(
                "/certificates",
                new JsonObject()
                        .put("cert", Pem.read(name + ".pem"))
                        .put("key", Pem.read(name + ".key"))
                        .put("snis", List.of(snis)));
    }

    private record Shown(String subject, String answer) {}

    private static Shown ask(String name, String protocol, String path) {
        try (SSLSocket socket = (SSLSocket) Http.trustingAll()
                .getSocketFactory()
                .createSocket("127.0.0.1", gatehouse.node().port("proxy.https"))) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(name.isEmpty() ? List.of() : List.of(new SNIHostName(name)));
            parameters.setProtocols(new String[] {protocol});
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(5_000);
            socket.startHandshake();
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new Shown(
                    shown.getSubjectX500Principal().getName(),
                    new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String subject(String name) {
        return ask(name, "TLSv1.3", "/").subject();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aNameHasItsCertificateInEveryVersionOfTls(String protocol) {
        certificate("rsa", "rsa.test");
        certificate("ec", "ec.test");
        assertThat(ask("rsa.test", protocol, "/").subject()).isEqualTo(RSA);
        assertThat(ask("ec.test", protocol, "/").subject()).isEqualTo(EC);
        assertThat(ask("EC.test", protocol, "/").subject()).isEqualTo(EC);
    }

    @Test
    void aWildcardCoversOneLabelAndAnExactNameTakesPrecedence() {
        certificate("rsa", "*.wild.test");
        certificate("ec", "special.wild.test");
        assertThat(subject("any.wild.test")).isEqualTo(RSA);
        assertThat(subject("special.wild.test")).isEqualTo(EC);
        assertThat(subject("wild.test")).doesNotContain("CN=rsa").doesNotContain("CN=ec");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{vault://env/tls-ec-test-key}",
                "{vault://env/TLS_EC_TEST_KEY}",
                "{vault://certificates/ec-test-key}",
                "{vault://env/ec-pair/key}"
            })
    void aKeyIsReadFromTheEnvironmentOfTheNodeAndNeverShown(String reference) {
        JsonObject vault = new JsonObject().put("name", "env").put("config", new JsonObject().put("prefix", "tls_"));
        gatehouse.admin("PUT", "/vaults/certificates", vault).isStatus(200);

        JsonObject created = gatehouse.create(
                "/certificates",
                new JsonObject()
                        .put("cert", Pem.read("ec.pem"))
                        .put("key", reference)
                        .put("snis", List.of("vault.test")));

        assertThat(subject("vault.test")).isEqualTo(EC);
        assertThat(created.getString("key")).isEqualTo(reference);
        assertThat(gatehouse.admin("GET", "/certificates/vault.test").json().getString("key"))
                .isEqualTo(reference);
    }

    @Test
    void aChangedVaultAppliesToTheCertificatesThatReferToIt() {
        JsonObject vault =
                new JsonObject().put("name", "env").put("config", new JsonObject().put("prefix", "nothing_"));
        gatehouse.admin("PUT", "/vaults/later", vault).isStatus(200);
        gatehouse.create(
                "/certificates",
                new JsonObject()
                        .put("cert", Pem.read("ec.pem"))
                        .put("key", "{vault://later/ec-test-key}")
                        .put("snis", List.of("later.test")));
        assertThat(subject("later.test")).isEqualTo("CN=localhost");

        JsonObject change = new JsonObject().put("config", new JsonObject().put("prefix", "tls_"));
        gatehouse.admin("PATCH", "/vaults/later", change).isStatus(200);

        assertThat(subject("later.test")).isEqualTo(EC);
    }

    @Test
    void everyOtherNameHasTheNodesOwnCertificate() {
        String own = subject("");
        certificate("rsa", "rsa.test");
        assertThat(own).isEqualTo("CN=localhost");
        assertThat(subject("other.test")).isEqualTo(own);
        assertThat(subject("")).isEqualTo(own);
    }

    @Test
    void aStarIsTheCertificateOfEveryOtherName() {
        certificate("rsa", "*");
        assertThat(subject("other.test")).isEqualTo(RSA);
    }

    @Test
    void aChangeAppliesFromTheNextHandshake() {
        JsonObject created = certificate("rsa", "moving.test");
        assertThat(subject("moving.test")).isEqualTo(RSA);
        JsonObject renewed = new JsonObject().put("cert", Pem.read("ec.pem")).put("key", Pem.read("ec.key"));
        gatehouse
                .admin("PATCH", "/certificates/" + created.getString("id"), renewed)
                .isStatus(200);
        assertThat(subject("moving.test")).isEqualTo(EC);
        gatehouse.admin("DELETE", "/certificates/" + created.getString("id")).isStatus(204);
        assertThat(subject("moving.test")).isEqualTo("CN=localhost");
    }

    @Test
    void aRouteMayAskForAServerName() {
        gatehouse.create(
                "/services", new JsonObject().put("name", "sni").put("url", "http://127.0.0.1:" + upstream.port()));
        gatehouse.create(
                "/services/sni/routes",
                new JsonObject()
                        .put("protocols", List.of("https"))
                        .put("snis", List.of("named.test"))
                        .put("paths", List.of("/named")));
        assertThat(ask("named.test", "TLSv1.3", "/named").answer()).startsWith("HTTP/1.1 200 ");
        assertThat(ask("other.test", "TLSv1.3", "/named").answer()).startsWith("HTTP/1.1 404 ");
        assertThat(ask("", "TLSv1.3", "/named").answer()).startsWith("HTTP/1.1 404 ");
    }
}
