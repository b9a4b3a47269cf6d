package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Tests the packaged gateway from outside: {@code ./gatehouse}, HTTP, signals and a restart. */
class EndToEndIT {
    private static Upstream upstream;

    @TempDir
    private Path directory;

    private Path dataDir;

    @BeforeAll
    static void startUpstream() throws Exception {
        upstream = Upstream.start();
        // Maven keeps the date of an unchanged jar, and the script would build it again.
        Files.setLastModifiedTime(Path.of("target/gatehouse.jar"), FileTime.from(Instant.now()));
    }

    @AfterAll
    static void stopUpstream() {
        upstream.close();
    }

    @BeforeEach
    void nameDataDirectory() {
        dataDir = directory.resolve("data");
    }

    @AfterEach
    void stopTheDatabase() throws Exception {
        GatehouseProcess.stopDatabase(dataDir);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void theFirstFiveMinutesOfTheTutorialSurviveARestart() throws Exception {
        JsonObject application;
        String token;
        try (GatehouseProcess gatehouse = GatehouseProcess.start(dataDir)) {
            application = setUp(gatehouse);
            call(gatehouse).isError(401, "invalid_request", "The access token is missing");
            JsonObject impostor = application.copy().put("client_secret", "wrong");
            assertThat(tokenRequest(gatehouse, "https", impostor).json().getString("error"))
                    .isEqualTo("invalid_client");
            assertThat(tokenRequest(gatehouse, "http", application).json().getString("error"))
                    .isEqualTo("access_denied");
            token = token(gatehouse, application);

            Reply reply = call(gatehouse, token).isStatus(200);
            assertThat(reply.upstreamHeader("x-consumer-username")).isEqualTo("alex");
            assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo(application.getString("client_id"));
            assertThat(reply.upstreamHeader("x-forwarded-proto")).isEqualTo("http");

            assertThat(gatehouse.terminate()).isZero();
            assertThat(gatehouse.errors()).doesNotContain("WARN").doesNotContain("at io.");
        }
        try (GatehouseProcess gatehouse = GatehouseProcess.start(dataDir)) {
            call(gatehouse, token).isStatus(200);
            admin(gatehouse, "DELETE", "/oauth2_tokens/" + token).isStatus(204);
            call(gatehouse, token).isStatus(401);

            String another = token(gatehouse, application);
            JsonObject second = create(gatehouse, "/consumers/alex/oauth2", new JsonObject().put("name", "Second"));
            String ofSecond = token(gatehouse, second);
            call(gatehouse, ofSecond).isStatus(200);
            admin(gatehouse, "DELETE", "/consumers/alex/oauth2/" + second.getString("id"))
                    .isStatus(204);
            call(gatehouse, ofSecond).isStatus(401);
            call(gatehouse, another).isStatus(200);
            admin(gatehouse, "DELETE", "/consumers/alex").isStatus(204);
            call(gatehouse, another).isStatus(401);
            assertThat(gatehouse.terminate()).isZero();
        }
    }

    /** TLS 1.3 has no such handshakes. */
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aClientCannotAskForAnotherHandshake() throws Exception {
        try (GatehouseProcess gatehouse = GatehouseProcess.start(dataDir)) {
            int port = URI.create(gatehouse.url("proxy", "https")).getPort();
            try (SSLSocket client = (SSLSocket)
                    Http.trustingAll().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
                client.setEnabledProtocols(new String[] {"TLSv1.2"});
                client.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
                client.startHandshake();
                // The JDK sends a ClientHello, and waits for no reply.
                client.startHandshake();
                assertThatThrownBy(client.getInputStream()::read).isInstanceOf(SSLException.class);
            }
            assertThat(gatehouse.terminate()).isZero();
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aKilledNodeLosesNoCommittedEntityOrToken() throws Exception {
        JsonObject application;
        String token;
        try (GatehouseProcess gatehouse = GatehouseProcess.start(dataDir)) {
            application = setUp(gatehouse);
            token = token(gatehouse, application);
            create(gatehouse, "/consumers", new JsonObject().put("username", "the-last-one"));
            gatehouse.kill();
        }
        try (GatehouseProcess gatehouse = GatehouseProcess.start(dataDir)) {
            call(gatehouse, token).isStatus(200);
            admin(gatehouse, "GET", "/consumers/the-last-one").isStatus(200);
            call(gatehouse, token(gatehouse, application)).isStatus(200);
            assertThat(gatehouse.terminate()).isZero();
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aSecondNodeOnADataDirectoryExitsWithAnError() throws Exception {
        try (GatehouseProcess first = GatehouseProcess.start(dataDir)) {
            try (GatehouseProcess second = GatehouseProcess.launch(dataDir, Map.of())) {
                assertThat(second.exitCode()).isEqualTo(1);
                assertThat(second.errors())
                        .isEqualTo("gatehouse: data directory " + dataDir.toRealPath()
                                + " is in use by another Gatehouse (pid " + first.pid()
                                + "): stop that one or set data-dir (GATEHOUSE_DATA_DIR)\n");
            }
            admin(first, "GET", "/services").isStatus(200);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aPortInUseIsReportedWithTheKeyToSet() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                GatehouseProcess gatehouse = GatehouseProcess.launch(
                        dataDir, Map.of("GATEHOUSE_PROXY_HTTP", "127.0.0.1:" + taken.getLocalPort()))) {
            assertThat(gatehouse.exitCode()).isEqualTo(1);
            assertThat(gatehouse.errors())
                    .isEqualTo("gatehouse: port " + taken.getLocalPort() + " on 127.0.0.1 is already in use: stop the"
                            + " other process or set proxy.http (GATEHOUSE_PROXY_HTTP)\n");
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anUnknownKeyStopsTheStart() throws Exception {
        try (GatehouseProcess gatehouse =
                GatehouseProcess.launch(dataDir, Map.of("GATEHOUSE_PROXY_HTPP", "127.0.0.1:1"))) {
            assertThat(gatehouse.exitCode()).isEqualTo(2);
            assertThat(gatehouse.errors())
                    .startsWith("gatehouse: unknown key GATEHOUSE_PROXY_HTPP in the environment")
                    .hasLineCount(1);
        }
    }

    /** Creates the entities of the tutorial and returns the credential of the application. */
    private static JsonObject setUp(GatehouseProcess gatehouse) {
        create(
                gatehouse,
                "/services",
                new JsonObject()
                        .put("name", "example-service")
                        .put("url", "http://127.0.0.1:" + upstream.port() + "/anything"));
        create(
                gatehouse,
                "/services/example-service/routes",
                new JsonObject().put("name", "example-route").put("paths", List.of("/anything")));
        create(
                gatehouse,
                "/services/example-service/plugins",
                new JsonObject()
                        .put("name", "oauth2")
                        .put(
                                "config",
                                new JsonObject()
                                        .put("scopes", List.of("email", "profile"))
                                        .put("global_credentials", true)
                                        .put("provision_key", "provision")
                                        .put("enable_client_credentials", true)));
        create(gatehouse, "/consumers", new JsonObject().put("username", "alex"));
        return create(
                gatehouse,
                "/consumers/alex/oauth2",
                new JsonObject()
                        .put("name", "TestApp")
                        .put("redirect_uris", List.of("http://localhost:8000/anything")));
    }

    private static JsonObject create(GatehouseProcess gatehouse, String path, JsonObject body) {
        return Http.send(Http.json("POST", gatehouse.url("Admin API", "http") + path, body.encode()))
                .isStatus(201)
                .json();
    }

    private static Reply admin(GatehouseProcess gatehouse, String method, String path) {
        return Http.send(Http.get(gatehouse.url("Admin API", "http") + path)
                .method(method, HttpRequest.BodyPublishers.noBody()));
    }

    private static Reply tokenRequest(GatehouseProcess gatehouse, String scheme, JsonObject application) {
        Map<String, String> parameters = new LinkedHashMap<>(Gatehouse.clientCredentials(application));
        return Http.send(Http.form(gatehouse.url("proxy", scheme) + "/anything/oauth2/token", parameters));
    }

    private static String token(GatehouseProcess gatehouse, JsonObject application) {
        return tokenRequest(gatehouse, "https", application)
                .isStatus(200)
                .json()
                .getString("access_token");
    }

    private static Reply call(GatehouseProcess gatehouse, String token) {
        return Http.send(Http.get(gatehouse.url("proxy", "http") + "/anything", "Authorization", "Bearer " + token));
    }

    private static Reply call(GatehouseProcess gatehouse) {
        return Http.send(Http.get(gatehouse.url("proxy", "http") + "/anything"));
    }
}
