package io.gatehouse.conformance.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.syntax.PemCertificate;
import io.gatehouse.testing.Authority;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the client authentication by a certificate (RFC 8705 §2), in a process whose trust store has one authority. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CertificateClientTest {
    private static final String TRUST_STORE = "javax.net.ssl.trustStore";
    private static final String PASSWORD = "javax.net.ssl.trustStorePassword";
    private static final Authority AUTHORITY = new Authority("authority of the test");

    private static PluginApi api;
    private static Vertx vertx;
    private static HttpServer tls;
    /** The names of the certificates of the requests over TLS, and their forms. */
    private static final List<String> CLIENTS = new CopyOnWriteArrayList<>();

    private static final List<String> FORMS = new CopyOnWriteArrayList<>();
    private CheckingProvider idp;

    @BeforeAll
    static void start(@TempDir Path directory) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "trusted", PemCertificate.chain(AUTHORITY.certificate()).get(0));
        Path file = directory.resolve("trust.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "password".toCharArray());
        }
        System.setProperty(TRUST_STORE, file.toString());
        System.setProperty(PASSWORD, "password");
        api = new PluginApi();
        vertx = Vertx.vertx();
        Authority.Issued own = AUTHORITY.issue("localhost", "localhost");
        tls = Gatehouse.await(vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setClientAuth(ClientAuth.REQUEST)
                        .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(AUTHORITY.certificate())))
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertValue(Buffer.buffer(own.certificate()))
                                .addKeyValue(Buffer.buffer(own.pkcs8()))))
                .requestHandler(CertificateClientTest::respond)
                .listen(0, "127.0.0.1"));
    }

    @AfterAll
    static void stop() {
        System.clearProperty(TRUST_STORE);
        System.clearProperty(PASSWORD);
        api.close();
        Gatehouse.await(vertx.close());
    }

    @BeforeEach
    void startProvider() {
        idp = new CheckingProvider();
        CLIENTS.clear();
        FORMS.clear();
    }

    @AfterEach
    void stopProvider() {
        idp.close();
    }

    private static void respond(HttpServerRequest request) {
        CLIENTS.add(client(request));
        request.body().onSuccess(body -> {
            FORMS.add(body.toString());
            JsonObject response = client(request).equals("none")
                    ? new JsonObject().put("error", "invalid_client")
                    : new JsonObject()
                            .put("active", true)
                            .put("access_token", "granted")
                            .put("token_type", "Bearer");
            request.response()
                    .setStatusCode(response.containsKey("error") ? 401 : 200)
                    .end(response.encode());
        });
    }

    private static String client(HttpServerRequest request) {
        try {
            return ((X509Certificate) request.connection().peerCertificates().get(0))
                    .getSubjectX500Principal()
                    .getName();
        } catch (SSLPeerUnverifiedException e) {
            return "none";
        }
    }

    private static String url(String path) {
        return "https://localhost:" + tls.actualPort() + path;
    }

    private static String certificate(String name) {
        Authority.Issued pair = AUTHORITY.issue(name);
        return api.gatehouse
                .create(
                        "/certificates",
                        new JsonObject().put("cert", pair.certificate()).put("key", pair.pkcs8()))
                .getString("id");
    }

    private JsonObject config(String method, String clientAuth) {
        JsonObject config = idp.config(method).put("client_auth", List.of(clientAuth));
        config.remove("client_secret");
        return config;
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls_client_auth", "self_signed_tls_client_auth"})
    void theCertificateAuthenticatesTheClient(String clientAuth) {
        idp.metadata = new JsonObject()
                .put(
                        "mtls_endpoint_aliases",
                        new JsonObject()
                                .put("token_endpoint", url("/token"))
                                .put("introspection_endpoint", url("/introspect")));
        String id = certificate("gateway");
        for (String method : List.of("introspection", "password")) {
            String path =
                    api.protectedBy("openid-connect", config(method, clientAuth).put("tls_client_auth_cert_id", id));
            String credential = method.equals("password") ? CheckingProvider.basic("anna:p") : "Bearer opaque";
            api.gatehouse.get(path, "Authorization", credential).isStatus(200);
        }
        assertThat(CLIENTS).containsExactly("CN=gateway", "CN=gateway");
        assertThat(FORMS)
                .allSatisfy(form -> assertThat(form)
                        .contains("client_id=" + CheckingProvider.CLIENT)
                        .doesNotContain("secret"));
        assertThat(idp.requests).isEmpty();
    }

    @Test
    void aConfiguredAliasPrecedesTheMetadataAndAnotherCertificateIsUsedAfterAChange() {
        String path = api.open();
        String id = certificate("first");
        String plugin = api.add(
                        path,
                        "openid-connect",
                        config("introspection", "tls_client_auth")
                                .put("mtls_introspection_endpoint", url("/own"))
                                .put("tls_client_auth_cert_id", id))
                .getString("id");
        api.gatehouse.getWithToken(path, "opaque").isStatus(200);
        api.gatehouse
                .admin(
                        "PATCH",
                        "/plugins/" + plugin,
                        new JsonObject()
                                .put("config", new JsonObject().put("tls_client_auth_cert_id", certificate("second"))))
                .isStatus(200);
        api.gatehouse.getWithToken(path, "opaque").isStatus(200);
        assertThat(CLIENTS).containsExactly("CN=first", "CN=second");
    }

    @Test
    void withoutTheCertificateTheProviderRefusesTheClient() {
        String path = api.protectedBy(
                "openid-connect",
                config("introspection", "tls_client_auth")
                        .put("mtls_introspection_endpoint", url("/own"))
                        .put("tls_client_auth_cert_id", "11111111-1111-4111-8111-111111111111"));
        api.gatehouse.getWithToken(path, "opaque").isStatus(503);
        assertThat(CLIENTS).containsExactly("none");
    }

    @Test
    void aConfigurationWithoutACertificateIsRefused() {
        api.gatehouse
                .admin(
                        "POST",
                        "/plugins",
                        new JsonObject()
                                .put("name", "openid-connect")
                                .put("config", config("bearer", "tls_client_auth")))
                .isStatus(400);
    }
}
