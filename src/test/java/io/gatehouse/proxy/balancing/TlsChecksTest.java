package io.gatehouse.proxy.balancing;

import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Pem;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** TLS of active health checks (docs/reference/proxy.md#upstreams-and-targets). */
class TlsChecksTest {
    /** The paths of all checks. */
    private static final Set<String> CHECKS = ConcurrentHashMap.newKeySet();

    private static RedAndBlue targets;
    private static int port;

    @BeforeAll
    static void start() {
        targets = new RedAndBlue();
        port = listen(new HttpServerOptions());
    }

    /** Starts a target whose certificate the Java runtime does not trust. */
    private static int listen(HttpServerOptions options) {
        Vertx vertx = targets.red.vertx();
        return Gatehouse.await(vertx.createHttpServer(options.setSsl(true)
                                .setSni(true)
                                .setKeyCertOptions(new PemKeyCertOptions()
                                        .addCertValue(Buffer.buffer(Pem.read("upstream.pem")))
                                        .addKeyValue(Buffer.buffer(Pem.read("upstream.key")))))
                        .requestHandler(TlsChecksTest::serve)
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    private static void serve(HttpServerRequest request) {
        CHECKS.add(request.path());
        if (!request.path().equals("/held")) {
            request.response().end();
        }
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
        await().until(() -> CHECKS.contains("/held"));
        check("verified", "/verified", true, new JsonObject(), target);
        await().until(() -> health("verified").equals("UNHEALTHY"));
    }
}
