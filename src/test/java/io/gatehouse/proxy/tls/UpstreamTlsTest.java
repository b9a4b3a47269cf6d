package io.gatehouse.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Pem;
import io.gatehouse.testing.Reply;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** TLS to upstreams: which certificates are verified and presented (docs/reference/proxy.md#tls-to-upstreams and docs/reference/admin-api.md#entities). */
class UpstreamTlsTest {
    private static final AtomicInteger CONNECTIONS = new AtomicInteger();

    private static Gatehouse gatehouse;
    private static Vertx vertx;
    private static int port;
    private static String authority;

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start();
        vertx = Vertx.vertx();
        port = Gatehouse.await(vertx.createHttpServer(new HttpServerOptions()
                                .setSsl(true)
                                .setSni(true)
                                .setUseAlpn(true)
                                .setClientAuth(ClientAuth.REQUEST)
                                .setTrustOptions(
                                        new PemTrustOptions().addCertValue(Buffer.buffer(Pem.read("authority.pem"))))
                                .setKeyCertOptions(new PemKeyCertOptions()
                                        .addCertValue(Buffer.buffer(Pem.read("upstream.pem")))
                                        .addKeyValue(Buffer.buffer(Pem.read("upstream.key")))))
                        .connectionHandler(opened -> CONNECTIONS.incrementAndGet())
                        .requestHandler(request -> request.body()
                                .onSuccess(body -> request.response()
                                        .putHeader(
                                                "x-version", request.version().name())
                                        .putHeader("x-client", client(request.connection()))
                                        .putHeader(
                                                "x-sni",
                                                String.valueOf(
                                                        request.connection().indicatedServerName()))
                                        .end(body)))
                        .listen(0, "127.0.0.1"))
                .actualPort();
        authority = gatehouse
                .create("/ca_certificates", new JsonObject().put("cert", Pem.read("authority.pem")))
                .getString("id");
    }

    private static String client(HttpConnection connection) {
        try {
            return ((X509Certificate) connection.peerCertificates().get(0))
                    .getSubjectX500Principal()
                    .getName();
        } catch (SSLPeerUnverifiedException e) {
            return "no certificate";
        }
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        Gatehouse.await(vertx.close());
    }

    private static Reply get(String name, String host, JsonObject settings) {
        gatehouse.create(
                "/services",
                new JsonObject()
                        .put("name", name)
                        .put("url", "https://" + host + ":" + port)
                        .put("retries", 0)
                        .mergeIn(settings));
        gatehouse.create("/services/" + name + "/routes", new JsonObject().put("paths", List.of("/" + name)));
        return gatehouse.get("/" + name);
    }

    private static JsonObject trusting() {
        return new JsonObject().put("tls_verify", true).put("ca_certificates", List.of(authority));
    }

    @Test
    void withoutTlsVerifyAnyCertificateIsAccepted() {
        Reply reply = get("any", "127.0.0.1", new JsonObject());
        assertThat(reply.isStatus(200).header("x-version")).isEqualTo("HTTP_1_1");
        assertThat(reply.header("x-client")).isEqualTo("no certificate");
    }

    @Test
    void withTlsVerifyThePlatformsAuthoritiesAreTrusted() {
        get("platform", "localhost", new JsonObject().put("tls_verify", true)).isStatus(502);
    }

    @Test
    void theServicesAuthoritiesReplaceThePlatforms() {
        Reply reply = get("trusted", "localhost", trusting());
        assertThat(reply.isStatus(200).header("x-sni")).isEqualTo("localhost");
    }

    @Test
    void theCertificateMustMatchATargetThatIsAName() {
        JsonObject upstream = gatehouse.create("/upstreams", new JsonObject().put("name", "named.upstream"));
        gatehouse.create(
                "/upstreams/" + upstream.getString("id") + "/targets",
                new JsonObject().put("target", "localhost:" + port));
        Reply reply = get("named", "named.upstream", trusting().put("retries", 5));
        assertThat(reply.isStatus(200).header("x-sni")).isEqualTo("localhost");
    }

    @Test
    void theCertificateMustMatchTheHost() {
        get("misnamed", "127.0.0.1", trusting()).isStatus(502);
    }

    @Test
    void aChainLongerThanAllowedIsRejected() {
        get("short", "localhost", trusting().put("tls_verify_depth", 0)).isStatus(502);
        get("long", "localhost", trusting().put("tls_verify_depth", 1)).isStatus(200);
    }

    @Test
    void theGatewayPresentsTheServicesClientCertificate() {
        JsonObject certificate = gatehouse.create(
                "/certificates",
                new JsonObject().put("cert", Pem.read("client.pem")).put("key", Pem.read("client.key")));
        JsonObject reference = new JsonObject().put("id", certificate.getString("id"));
        Reply reply = get("known", "localhost", trusting().put("client_certificate", reference));
        assertThat(reply.isStatus(200).header("x-client")).isEqualTo("CN=gateway");
    }

    @Test
    void anUnrelatedChangeKeepsTheConnections() {
        get("kept", "localhost", trusting()).isStatus(200);
        // Each event loop has connections of its own.
        for (int i = 0; i < 20; i++) {
            gatehouse.get("/kept").isStatus(200);
        }
        int before = CONNECTIONS.get();
        gatehouse.create("/services", new JsonObject().put("name", "unrelated").put("url", "http://127.0.0.1:1"));
        for (int i = 0; i < 20; i++) {
            gatehouse.get("/kept").isStatus(200);
        }
        assertThat(CONNECTIONS.get() - before).isLessThanOrEqualTo(1);
    }

    @Test
    void grpcsIsHttp2OverTls() {
        gatehouse.create("/services", new JsonObject().put("name", "grpcs").put("url", "grpcs://localhost:" + port));
        gatehouse.create(
                "/services/grpcs/routes",
                new JsonObject()
                        .put("protocols", List.of("grpc", "grpcs"))
                        .put("paths", List.of("/secure."))
                        .put("strip_path", false));
        var client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        String version = Gatehouse.await(client.request(new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setHost("localhost")
                        .setPort(gatehouse.node().port("proxy.http"))
                        .setURI("/secure.Service/Call"))
                .compose(request ->
                        request.putHeader("content-type", "application/grpc").send(Buffer.buffer("message")))
                .map(response -> response.getHeader("x-version")));
        assertThat(version).isEqualTo("HTTP_2");
    }
}
