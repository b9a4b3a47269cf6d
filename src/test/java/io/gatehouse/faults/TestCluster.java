package io.gatehouse.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.PostgresProcess;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs nodes, their PostgreSQL and an upstream, and keeps the ledger of the clients' tokens. */
final class TestCluster implements AutoCloseable {
    static final String CONSUMER = "alex";
    private static final String PATH = "/api";
    private static final int APPLICATIONS = 5;

    final List<NodeProcess> nodes;
    final PostgresProcess postgres;
    final LoadBalancer proxies;
    final LoadBalancer admins;
    final Client client = new Client();
    final TokenLedger ledger = new TokenLedger();
    private final Upstream upstream;
    /** The secret of each application, by its client id. */
    private final Map<String, String> secrets = new LinkedHashMap<>();

    /** Creates the nodes, and the API that they protect. */
    TestCluster(PostgresProcess postgres, List<NodeProcess> nodes, String upstreamHost) {
        this.postgres = postgres;
        this.nodes = List.copyOf(nodes);
        this.upstream = Upstream.startOnEveryAddress();
        // An aborted test run leaves no processes behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> this.nodes.forEach(NodeProcess::end)));
        startAll();
        this.proxies = new LoadBalancer(named("proxy"));
        this.admins = new LoadBalancer(named("admin"));
        describe(upstreamHost);
    }

    /** Creates an empty directory for the logs of one cluster. */
    static Path directory(String name) throws IOException {
        Path directory = Path.of("target", "faults", name + "-" + System.currentTimeMillis())
                .toAbsolutePath();
        return Files.createDirectories(directory);
    }

    void startAll() {
        named("issuer").forEach(NodeProcess::launch);
        named("issuer").forEach(NodeProcess::awaitLive);
        nodes.stream().filter(node -> !node.name.startsWith("issuer")).forEach(NodeProcess::launch);
        nodes.forEach(NodeProcess::awaitReady);
    }

    /** The nodes whose name has that prefix. */
    List<NodeProcess> named(String prefix) {
        return nodes.stream().filter(node -> node.name.startsWith(prefix)).toList();
    }

    NodeProcess node(String name) {
        return nodes.stream().filter(node -> node.name.equals(name)).findFirst().orElseThrow();
    }

    private void describe(String upstreamHost) {
        create(
                "/services",
                new JsonObject().put("name", "api").put("url", "http://" + upstreamHost + ":" + upstream.port()));
        create("/services/api/routes", new JsonObject().put("name", "api").put("paths", List.of(PATH)));
        create(
                "/services/api/plugins",
                new JsonObject()
                        .put("name", "oauth2")
                        .put(
                                "config",
                                new JsonObject()
                                        .put("enable_client_credentials", true)
                                        .put("enable_password_grant", true)
                                        .put("provision_key", "provision")
                                        // A refresh token that is used twice does not revoke its family.
                                        .put("refresh_token_grace", 3_600)
                                        .put("accept_http_if_already_terminated", true)));
        create("/consumers", new JsonObject().put("username", CONSUMER));
        for (int i = 0; i < APPLICATIONS; i++) {
            JsonObject application = create(
                    "/consumers/" + CONSUMER + "/oauth2",
                    new JsonObject().put("name", "app" + i).put("redirect_uris", List.of("https://app.example/back")));
            secrets.put(application.getString("client_id"), application.getString("client_secret"));
        }
    }

    JsonObject create(String path, JsonObject body) {
        return Http.send(Http.json("POST", admins.nodes().get(0).url(path), body.encode()))
                .isStatus(201)
                .json();
    }

    /** The parameters that a client sends with every grant. */
    Map<String, String> asClient(String clientId, String grant) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("grant_type", grant);
        parameters.put("client_id", clientId);
        parameters.put("client_secret", Objects.requireNonNull(secrets.get(clientId)));
        return parameters;
    }

    private String anyClient(SplittableRandom random) {
        return List.copyOf(secrets.keySet()).get(random.nextInt(secrets.size()));
    }

    Map<String, String> clientCredentials(SplittableRandom random) {
        return asClient(anyClient(random), "client_credentials");
    }

    Map<String, String> passwordGrant(SplittableRandom random) {
        Map<String, String> parameters = asClient(anyClient(random), "password");
        parameters.put("provision_key", "provision");
        parameters.put("authenticated_userid", "user-" + random.nextInt(50));
        return parameters;
    }

    static HttpRequest.Builder call(NodeProcess node, String token) {
        return Http.get(node.url(PATH), "Authorization", "Bearer " + token);
    }

    static HttpRequest.Builder token(NodeProcess node, Map<String, String> parameters) {
        return Http.form(node.url(PATH + "/oauth2/token"), parameters).header("X-Forwarded-Proto", "https");
    }

    /** Issues the tokens with which a load begins. */
    void issue(int count) {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < count; i++) {
            Map<String, String> parameters = i % 2 == 0 ? clientCredentials(random) : passwordGrant(random);
            issue(proxies.nodes().get(i % proxies.nodes().size()), parameters);
        }
    }

    TokenLedger.Token issue(NodeProcess proxy, Map<String, String> parameters) {
        return issued(Http.send(token(proxy, parameters)).isStatus(200).json(), parameters);
    }

    /** Records the response of a token endpoint. */
    TokenLedger.Token issued(JsonObject body, Map<String, String> parameters) {
        return ledger.issued(
                body.getString("access_token"),
                body.getString("refresh_token"),
                Objects.requireNonNull(parameters.get("client_id")));
    }

    Reply revoke(NodeProcess admin, TokenLedger.Token token) {
        ledger.revoking(token);
        Reply reply = Http.send(Http.get(admin.url("/oauth2_tokens/" + token.access))
                .method("DELETE", HttpRequest.BodyPublishers.noBody()));
        if (reply.status() == 204) {
            ledger.revoked(token, null);
        }
        return reply;
    }

    /** Asserts that every proxy and PostgreSQL agree with the ledger. */
    void assertAgreement() {
        assertThat(new Agreement(ledger, proxies.nodes(), postgres).disagreements())
                .isEmpty();
    }

    /** How many members a node counts; 0 if it does not respond. */
    int size(NodeProcess admin) {
        try {
            return Http.send(Http.get(admin.url("/")))
                    .json()
                    .getJsonObject("cluster")
                    .getInteger("size");
        } catch (CompletionException | DecodeException e) {
            return 0;
        }
    }

    /** Waits until every admin counts every node. */
    void awaitFullCluster(Duration limit) {
        awaitSize(nodes.size(), limit);
    }

    /** Waits until every admin counts that many nodes. */
    void awaitSize(int size, Duration limit) {
        await(size + " nodes in one cluster")
                .atMost(limit)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(admins.nodes())
                        .allSatisfy(admin -> assertThat(size(admin))
                                .as("members counted by %s", admin)
                                .isEqualTo(size)));
    }

    /** Asserts that each proxy rejects a token, which all have accepted, after the response to its revocation. */
    void assertEveryProxyRejectsARevokedToken() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 5; i++) {
            TokenLedger.Token token =
                    issue(proxies.nodes().get(i % proxies.nodes().size()), clientCredentials(random));
            assertEveryProxyRespondsWith(token, 200);
            Reply reply = revoke(admins.nodes().get(i % admins.nodes().size()), token);
            reply.isStatus(204);
            assertThat(reply.header("X-Gatehouse-Late-Nodes")).isNull();
            assertEveryProxyRespondsWith(token, 401);
        }
    }

    void assertEveryProxyRespondsWith(TokenLedger.Token token, int status) {
        for (NodeProcess proxy : proxies.nodes()) {
            Reply reply = Http.send(call(proxy, token.access));
            assertThat(reply.status())
                    .as("status on %s: %s", proxy, reply.text())
                    .isEqualTo(status);
        }
    }

    /** Causes a fault during a load. */
    interface Fault {
        void happen(Load load) throws Exception;
    }

    /**
     * Causes a fault under load. Fails if a decision was wrong. The caller checks which requests failed.
     *
     * @param staleBound how long a node that was named late may accept a revoked token
     * @param after how long the load continues after the fault
     */
    Tally under(String name, Duration staleBound, Duration after, Fault fault) throws Exception {
        Load load = new Load(this, staleBound);
        try {
            pass(Duration.ofSeconds(1));
            fault.happen(load);
            pass(after);
        } finally {
            load.stop();
            FaultTable.row(name, load.tally);
        }
        assertThat(load.tally.wrong()).isEmpty();
        return load.tally;
    }

    /** Sleeps for the time of a fault. There is no condition to await: the load checks every response. */
    static void pass(Duration time) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(time.toMillis());
    }

    @Override
    public void close() throws IOException {
        Stream.of(proxies, admins).forEach(LoadBalancer::close);
        nodes.forEach(NodeProcess::end);
        postgres.close();
        upstream.close();
    }
}
