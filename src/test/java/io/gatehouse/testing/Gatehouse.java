package io.gatehouse.testing;

import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.ClientLimits;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.LogConfig;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.ProxyConfig;
import io.gatehouse.config.PublicAddresses;
import io.gatehouse.config.ResponseConfig;
import io.gatehouse.config.Role;
import io.gatehouse.config.StatusConfig;
import io.gatehouse.config.TokenConfig;
import io.gatehouse.launch.node.Node;
import io.gatehouse.store.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Starts a node like an operator does, with all roles on free ports. Tests use it over HTTP only. */
public final class Gatehouse implements AutoCloseable {
    /** The default limits. */
    private static final ClientLimits CLIENTS = new ClientLimits(Duration.ofSeconds(60), 500, Duration.ofMinutes(10));

    private final Node node;

    private Gatehouse(Node node) {
        this.node = node;
    }

    /** Starts a node with all roles on an empty database. */
    public static Gatehouse start() {
        return start(TestDatabase.create());
    }

    public static Gatehouse start(PostgresConfig postgres) {
        return start(config(postgres, List.of()));
    }

    public static Gatehouse start(GatehouseConfig config) {
        return new Gatehouse(await(Node.start(config)));
    }

    /** Starts a node with OpenTelemetry's environment variables. */
    public static Gatehouse start(GatehouseConfig config, Map<String, String> environment) {
        return new Gatehouse(await(Node.start(config, environment)));
    }

    /** Configures all roles on loopback with free ports. */
    public static GatehouseConfig config(PostgresConfig postgres, List<String> trustedIps) {
        return config(
                EnumSet.allOf(Role.class),
                postgres,
                trustedIps,
                new ClusterConfig(false, "gatehouse", new ListenAddress("127.0.0.1", 5701), List.of(), null, null));
    }

    public static GatehouseConfig config(
            Set<Role> roles, PostgresConfig postgres, List<String> trustedIps, ClusterConfig cluster) {
        ListenAddress any = new ListenAddress("127.0.0.1", 0);
        return new GatehouseConfig(
                roles,
                new ProxyConfig(
                        any,
                        any,
                        List.of(),
                        2,
                        trustedIps,
                        List.of(),
                        null,
                        null,
                        CLIENTS,
                        PublicAddresses.DEFAULT,
                        ResponseConfig.DEFAULT),
                new AdminConfig(any, Duration.ofSeconds(5), List.of(), false, null),
                new StatusConfig(any, false),
                postgres,
                cluster,
                TokenConfig.DEFAULT,
                new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.WARN),
                TestTransport.configured(),
                temporaryDirectory(),
                Duration.ZERO,
                Duration.ofSeconds(5));
    }

    /** Sets the name servers for targets. */
    public static GatehouseConfig withNameServers(GatehouseConfig config, List<String> servers) {
        return config.withProxy(config.proxy().withNameServers(servers));
    }

    /** Sets the port of the proxy's listener in clear text. */
    public static GatehouseConfig withHttp(GatehouseConfig config, int port) {
        ProxyConfig proxy = config.proxy();
        return config.withProxy(new ProxyConfig(
                new ListenAddress("127.0.0.1", port),
                proxy.https(),
                proxy.streams(),
                proxy.instances(),
                proxy.trustedIps(),
                proxy.nameServers(),
                proxy.certificate(),
                proxy.certificateKey(),
                proxy.clients(),
                proxy.addresses(),
                proxy.responses()));
    }

    /** Sets the Admin API. */
    public static GatehouseConfig withAdmin(GatehouseConfig config, AdminConfig admin) {
        return new GatehouseConfig(
                config.roles(),
                config.proxy(),
                admin,
                config.status(),
                config.postgres(),
                config.cluster(),
                config.token(),
                config.log(),
                config.transport(),
                config.dataDir(),
                config.drainDelay(),
                config.drainTimeout());
    }

    /** Adds metrics with Kong's names. */
    public static GatehouseConfig withKongNames(GatehouseConfig config) {
        return config.withStatus(new StatusConfig(config.status().http(), true));
    }

    private static Path temporaryDirectory() {
        try {
            Path directory = Files.createTempDirectory("gatehouse-test");
            directory.toFile().deleteOnExit();
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Node node() {
        return node;
    }

    public String proxyUrl(String path) {
        return "http://127.0.0.1:" + node.port("proxy.http") + path;
    }

    public String secureUrl(String path) {
        return "https://localhost:" + node.port("proxy.https") + path;
    }

    public String adminUrl(String path) {
        return "http://127.0.0.1:" + node.port("admin.http") + path;
    }

    public String statusUrl(String path) {
        return "http://127.0.0.1:" + node.port("status.http") + path;
    }

    /** Sends a GET to the proxy listener in clear text. */
    public Reply get(String path, String... headers) {
        return Http.send(Http.get(proxyUrl(path), headers));
    }

    /** Sends a GET with a Bearer token. */
    public Reply getWithToken(String path, String accessToken) {
        return get(path, "Authorization", "Bearer " + accessToken);
    }

    public Reply admin(String method, String path) {
        return Http.send(Http.get(adminUrl(path)).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    public Reply admin(String method, String path, JsonObject body) {
        return Http.send(Http.json(method, adminUrl(path), body.encode()));
    }

    /** Creates an entity and asserts success. */
    public JsonObject create(String path, JsonObject body) {
        return admin("POST", path, body).isStatus(201).json();
    }

    /** Creates a Service at the upstream with one Route for a path prefix. */
    public JsonObject createApi(String name, String path, int upstreamPort) {
        create("/services", new JsonObject().put("name", name).put("url", "http://127.0.0.1:" + upstreamPort));
        return create(
                "/services/" + name + "/routes",
                new JsonObject().put("name", name).put("paths", List.of(path)));
    }

    /** Enables the oauth2 plugin with client credentials on a Service, with further config. */
    public JsonObject protect(String service, JsonObject config) {
        JsonObject complete =
                new JsonObject().put("enable_client_credentials", true).mergeIn(config);
        return create(
                "/services/" + service + "/plugins",
                new JsonObject().put("name", "oauth2").put("config", complete));
    }

    /** Creates a Consumer with one application and returns the credential. */
    public JsonObject register(String username, JsonObject application) {
        create("/consumers", new JsonObject().put("username", username));
        return create(
                "/consumers/" + username + "/oauth2",
                new JsonObject()
                        .put("name", "TestApp")
                        .put("redirect_uris", List.of("http://localhost:8000/anything"))
                        .mergeIn(application));
    }

    /** Sends a request to a token endpoint over TLS. */
    public Reply token(String path, Map<String, String> parameters) {
        return Http.send(Http.form(secureUrl(path + "/oauth2/token"), parameters));
    }

    /** Returns the access token of a client credentials grant and asserts success. */
    public String clientCredentialsToken(String path, JsonObject credential) {
        return token(path, clientCredentials(credential)).isStatus(200).json().getString("access_token");
    }

    public static Map<String, String> clientCredentials(JsonObject credential) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("grant_type", "client_credentials");
        parameters.put("client_id", credential.getString("client_id"));
        parameters.put("client_secret", credential.getString("client_secret"));
        return parameters;
    }

    public static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        await(node.close());
    }
}
