package io.gatehouse.proxy.balancing;

import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Pem;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** TLS of active health checks (docs/reference/proxy.md#upstreams-and-targets). */
class TlsChecksTest {
    /** The path of each check, with the server name and the subject of the certificate that it came with. */
    private static final Set<String> CHECKS = ConcurrentHashMap.newKeySet();

    private static RedAndBlue targets;
    private static int port;
    /** The port of a target that requires a client certificate. */
    private static int strictPort;

    private static String certificate;

    @BeforeAll
    static void start() {
        targets = new RedAndBlue();
        port = listen(ClientAuth.NONE);
        strictPort = listen(ClientAuth.REQUIRED);
        certificate = targets.gatehouse
                .create(
                        "/certificates",
                        new JsonObject().put("cert", Pem.read("client.pem")).put("key", Pem.read("client.key")))
                .getString("id");
    }

    /** Starts a target whose certificate the Java runtime does not trust. */
    private static int listen(ClientAuth clients) {
        Vertx vertx = targets.red.vertx();
        return Gatehouse.await(vertx.createHttpServer(new HttpServerOptions()
                                .setSsl(true)
                                .setSni(true)
                                .setClientAuth(clients)
                                .setTrustOptions(
                                        new PemTrustOptions().addCertValue(Buffer.buffer(Pem.read("authority.pem"))))
                                .setKeyCertOptions(new PemKeyCertOptions()
                                        .addCertValue(Buffer.buffer(Pem.read("upstream.pem")))
                                        .addKeyValue(Buffer.buffer(Pem.read("upstream.key")))))
                        .requestHandler(TlsChecksTest::serve)
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    private static void serve(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        CHECKS.add(request.path() + " " + connection.indicatedServerName() + " " + client(connection));
        if (!request.path().equals("/held")) {
            request.response().end();
        }
    }

    private static String client(HttpConnection connection) {
        try {
            return ((X509Certificate) connection.peerCertificates().get(0))
                    .getSubjectX500Principal()
                    .getName();
        } catch (SSLPeerUnverifiedException none) {
            return "none";
        }
    }

    private static void isChecked(String path, String serverName, String client) {
        await().until(() -> CHECKS.contains(path + " " + serverName + " " + client));
    }

    @AfterAll
    static void stop() {
        targets.close();
    }

    private static void check(String name, String path, boolean verify, JsonObject upstream, String target) {
        JsonObject active = new JsonObject()
                .put("type", "https")
                .put("http_path", path)
                .put("https_verify_certificate", verify)
                .put("timeout", 30)
                .put("healthy", new JsonObject().put("interval", 0.05).put("successes", 1))
                .put("unhealthy", new JsonObject().put("interval", 0.05).put("tcp_failures", 1));
        JsonObject checks = new JsonObject().put("active", active);
        targets.balance(name, upstream.put("healthchecks", checks), target);
    }

    private static String health(String name) {
        return targets.gatehouse
                .admin("GET", "/upstreams/" + name + ".upstream/health")
                .isStatus(200)
                .json()
                .getJsonArray("data")
                .getJsonObject(0)
                .getString("health");
    }

    @Test
    void aCheckVerifiesTheCertificateBesideOneThatDoesNot() {
        String target = "127.0.0.1:" + port;
        check("held", "/held", false, new JsonObject(), target);
        isChecked("/held", "null", "none");
        check("verified", "/verified", true, new JsonObject(), target);
        await().until(() -> health("verified").equals("UNHEALTHY"));
    }

    @Test
    void aCheckPresentsTheCertificateOfTheUpstream() {
        JsonObject reference = new JsonObject().put("id", certificate);
        JsonObject upstream = new JsonObject().put("client_certificate", reference);
        check("strict", "/strict", false, upstream, "127.0.0.1:" + strictPort);
        isChecked("/strict", "null", "CN=gateway");
    }

    @Test
    void aCheckSendsTheHostHeaderAsTheServerName() {
        check("host", "/host", false, new JsonObject().put("host_header", "api.test:8443"), "127.0.0.1:" + port);
        isChecked("/host", "api.test", "none");
    }

    @Test
    void aCheckSendsTheNameOfATargetWithoutADot() {
        check("plain", "/plain", false, new JsonObject(), "localhost:" + port);
        isChecked("/plain", "localhost", "none");
    }
}
