package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.Role;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tests a node with all roles, a node that issues its own tokens, and a proxy without a database. A change on one is active on
 * all before the response.
 */
class ThreeNodesTest {
    private static final String NAME = "three-nodes-test";
    private static final String SECRET = "a secret of more than thirty-two characters";

    /** How many pairs of concurrent requests are sent. */
    private static final int PAIRS = 200;

    private static PostgresConfig database;
    private static Gatehouse fullNode;
    private static Gatehouse issuer;
    private static Gatehouse proxy;
    private static Upstream upstream;
    private static JsonObject application;

    @BeforeAll
    static void start() {
        ListenAddress first = freeAddress();
        ClusterConfig seed = cluster(NAME, first, first, SECRET);
        upstream = Upstream.start();
        database = TestDatabase.create();
        fullNode = Gatehouse.start(Gatehouse.config(EnumSet.allOf(Role.class), database, List.of(), seed));
        issuer = Gatehouse.start(Gatehouse.config(
                Set.of(Role.PROXY, Role.TOKEN_ISSUER),
                database,
                List.of(),
                cluster(NAME, freeAddress(), first, SECRET)));
        proxy = Gatehouse.start(
                ClusterFixture.proxy(cluster(NAME, freeAddress(), first, SECRET), Duration.ofSeconds(60)));
        fullNode.createApi("api", "/api", upstream.port());
        fullNode.protect(
                "api",
                new JsonObject()
                        .put("provision_key", "key")
                        .put("enable_password_grant", true)
                        .put("enable_authorization_code", true));
        application = fullNode.register("alex", new JsonObject());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        issuer.close();
        fullNode.close();
        upstream.close();
    }

    private static Map<String, String> asClient(String... namesAndValues) {
        return ClusterFixture.asClient(application, namesAndValues);
    }

    @Test
    void cluster_hasAllNodes() {
        assertThat(fullNode.admin("GET", "/").json().getJsonObject("cluster").getInteger("size"))
                .isEqualTo(3);
    }

    @Test
    void route_isServedByTheOtherNodes_onceTheAdminApiResponds() {
        for (int i = 0; i < 20; i++) {
            fullNode.createApi("fresh" + i, "/fresh" + i, upstream.port());
            proxy.get("/fresh" + i).isStatus(200);
        }
    }

    @Test
    void tokenOfEitherNode_isAcceptedByBoth() {
        String fromProxy = proxy.clientCredentialsToken("/api", application);
        String fromWhole = fullNode.clientCredentialsToken("/api", application);

        for (String token : List.of(fromProxy, fromWhole)) {
            proxy.getWithToken("/api", token).isStatus(200);
            fullNode.getWithToken("/api", token).isStatus(200);
        }
    }

    @Test
    void repeatedRevocation_isPublishedBeforeTheResponse_whenTheFirstNodeCrashed() throws Exception {
        for (int i = 0; i < 10; i++) {
            String token = proxy.clientCredentialsToken("/api", application);
            proxy.getWithToken("/api", token).isStatus(200);
            // The write of an admin node that crashed between its commit and the message to the nodes.
            execute("WITH gone AS (DELETE FROM oauth2_tokens WHERE access_token_digest = decode('"
                    + CredentialDigest.of(token).toHex() + "', 'hex') RETURNING access_token_digest)"
                    + " INSERT INTO credential_invalidations (digest) SELECT access_token_digest FROM gone");

            fullNode.admin("DELETE", "/oauth2_tokens/" + token).isStatus(204);

            proxy.getWithToken("/api", token).isStatus(401);
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + database.url(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    @Test
    void revokedToken_isRejectedByBoth_onceTheAdminApiResponds() {
        for (int i = 0; i < 20; i++) {
            String token = proxy.clientCredentialsToken("/api", application);
            proxy.getWithToken("/api", token).isStatus(200);
            fullNode.getWithToken("/api", token).isStatus(200);

            fullNode.admin("DELETE", "/oauth2_tokens/" + token).isStatus(204);

            proxy.getWithToken("/api", token).isStatus(401);
            fullNode.getWithToken("/api", token).isStatus(401);
        }
    }

    @Test
    void twoConcurrentRotations_exactlyOneSucceeds() {
        for (int round = 0; round < PAIRS; round++) {
            JsonObject tokens = fullNode.token(
                            "/api",
                            asClient("grant_type", "password", "provision_key", "key", "authenticated_userid", "owner"))
                    .isStatus(200)
                    .json();
            exactlyOneSucceeds(
                    asClient("grant_type", "refresh_token", "refresh_token", tokens.getString("refresh_token")));
        }
    }

    @Test
    void twoConcurrentRedemptionsOfACode_exactlyOneSucceeds() {
        for (int round = 0; round < PAIRS; round++) {
            JsonObject agreed = Http.send(Http.form(
                            fullNode.secureUrl("/api/oauth2/authorize"),
                            asClient("response_type", "code", "provision_key", "key", "authenticated_userid", "owner")))
                    .isStatus(200)
                    .json();
            String redirectUri = agreed.getString("redirect_uri");
            exactlyOneSucceeds(asClient(
                    "grant_type",
                    "authorization_code",
                    "code",
                    redirectUri.substring(redirectUri.indexOf("code=") + 5)));
        }
    }

    private static void exactlyOneSucceeds(Map<String, String> request) {
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        replies.add(Http.sendAsync(Http.form(fullNode.secureUrl("/api/oauth2/token"), request)));
        replies.add(Http.sendAsync(Http.form(issuer.secureUrl("/api/oauth2/token"), request)));
        assertThat(replies.stream().map(CompletableFuture::join).map(Reply::status))
                .containsExactlyInAnyOrder(200, 400);
    }

    @Test
    void credentialsAndGroupsOfAConsumer_areUsedByBoth_onceTheAdminApiResponds() {
        fullNode.createApi("keyed", "/keyed", upstream.port());
        plugin("keyed", "key-auth", new JsonObject());
        plugin("keyed", "acl", new JsonObject().put("allow", List.of("staff")));
        fullNode.createApi("signed", "/signed", upstream.port());
        plugin("signed", "jwt", new JsonObject());
        for (int i = 0; i < 10; i++) {
            String consumer = "consumer-" + i;
            fullNode.create("/consumers", new JsonObject().put("username", consumer));
            JsonObject key = fullNode.create("/consumers/" + consumer + "/key-auth", new JsonObject());
            onBoth("/keyed?apikey=" + key.getString("key"), 403);

            fullNode.create("/consumers/" + consumer + "/acls", new JsonObject().put("group", "staff"));
            onBoth("/keyed?apikey=" + key.getString("key"), 200);

            JsonObject signer = fullNode.create("/consumers/" + consumer + "/jwt", new JsonObject());
            String jwt = Jwts.hmac(
                    "HS256",
                    signer.getString("secret").getBytes(StandardCharsets.UTF_8),
                    new JsonObject().put("iss", signer.getString("key")));
            onBoth("/signed?jwt=" + jwt, 200);

            fullNode.admin("DELETE", "/consumers/" + consumer).isStatus(204);
            onBoth("/keyed?apikey=" + key.getString("key"), 401);
            onBoth("/signed?jwt=" + jwt, 401);
        }
    }

    private static void plugin(String service, String name, JsonObject config) {
        fullNode.create(
                "/services/" + service + "/plugins",
                new JsonObject().put("name", name).put("config", config));
    }

    private static void onBoth(String path, int status) {
        proxy.get(path).isStatus(status);
        fullNode.get(path).isStatus(status);
    }
}
