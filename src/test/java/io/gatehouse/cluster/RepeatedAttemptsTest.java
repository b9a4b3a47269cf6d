package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.schema.RandomString;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a proxy which gets no reply repeats its request at another issuer, which redeems nothing twice. */
class RepeatedAttemptsTest {
    private static final String NAME = "repeated-attempts-test";
    private static final String ISSUER = "https://id.example";

    private static Upstream upstream;
    private static Gatehouse fullNode;
    private static BareMember bare;
    private static final Map<String, JsonObject> PLUGINS = new LinkedHashMap<>();
    private static JsonObject application;
    private static String issuer;
    private static ListenAddress first;

    @BeforeAll
    static void start() {
        first = freeAddress();
        upstream = Upstream.start();
        fullNode = Gatehouse.start(Gatehouse.config(
                EnumSet.allOf(Role.class), TestDatabase.create(), List.of(), cluster(NAME, first, first, null)));
        bare = new BareMember(cluster(NAME, freeAddress(), first, null), Role.TOKEN_ISSUER);
        issuer = fullNode.admin("GET", "/").isStatus(200).json().getString("node_id");
        for (String api : List.of("rotating", "keeping")) {
            fullNode.createApi(api, "/" + api, upstream.port());
            PLUGINS.put(
                    api,
                    fullNode.protect(
                            api,
                            new JsonObject()
                                    .put("provision_key", "key")
                                    .put("enable_password_grant", true)
                                    .put("enable_authorization_code", true)
                                    .put("refresh_token_grace", 0)
                                    .put("enable_client_assertions", true)
                                    .put("issuer", ISSUER)
                                    .put("reuse_refresh_token", api.equals("keeping"))));
        }
        application = fullNode.register("alex", new JsonObject());
    }

    @AfterAll
    static void stop() {
        bare.close();
        fullNode.close();
        upstream.close();
    }

    private static Map<String, String> asClient(String... namesAndValues) {
        return ClusterFixture.asClient(application, namesAndValues);
    }

    private static String code(String... more) {
        Map<String, String> agreed = asClient(more);
        agreed.putAll(Map.of("response_type", "code", "provision_key", "key", "authenticated_userid", "owner"));
        String redirectUri = Http.send(Http.form(fullNode.secureUrl("/rotating/oauth2/authorize"), agreed))
                .isStatus(200)
                .json()
                .getString("redirect_uri");
        return redirectUri.substring(redirectUri.indexOf("code=") + 5);
    }

    private static Map<String, String> redemption() {
        return asClient("grant_type", "authorization_code", "code", code());
    }

    private static Map<String, String> refresh(String api) {
        JsonObject tokens = fullNode.token(
                        "/" + api,
                        asClient("grant_type", "password", "provision_key", "key", "authenticated_userid", "owner"))
                .isStatus(200)
                .json();
        return asClient("grant_type", "refresh_token", "refresh_token", tokens.getString("refresh_token"));
    }

    /** An assertion is used once, too (RFC 7523 §3). */
    private static Map<String, String> assertion() {
        String id = application.getString("client_id");
        JsonObject claims = new JsonObject()
                .put("iss", id)
                .put("sub", id)
                .put("aud", ISSUER)
                .put("jti", RandomString.next())
                .put("exp", System.currentTimeMillis() / 1_000 + 60);
        byte[] secret = application.getString("client_secret").getBytes(StandardCharsets.UTF_8);
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("grant_type", "client_credentials");
        parameters.put("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        parameters.put("client_assertion", Jwts.hmac("HS256", secret, claims));
        return parameters;
    }

    private static OAuth2Request request(String api, @Nullable String attempt, Map<String, String> parameters) {
        JsonObject plugin = Objects.requireNonNull(PLUGINS.get(api));
        return new OAuth2Request(
                OAuth2Request.Endpoint.TOKEN,
                UUID.fromString(plugin.getString("id")),
                UUID.fromString(plugin.getJsonObject("service").getString("id")),
                attempt,
                new LinkedHashMap<>(parameters),
                null,
                "127.0.0.1",
                null,
                null,
                null,
                null,
                null);
    }

    private static Future<OAuth2Reply> send(OAuth2Request request) {
        return bare.vertx
                .eventBus()
                .<OAuth2Reply>request(Addresses.oauth2(issuer), request)
                .map(Message::body);
    }

    private static void givesTheSameTokens(String api, Map<String, String> parameters) {
        OAuth2Request request = request(api, RandomString.next(), parameters);
        Future<OAuth2Reply> one = send(request);
        Future<OAuth2Reply> atTheSameTime = send(request);
        OAuth2Reply reply = await(one);
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
        assertThat(await(atTheSameTime)).isEqualTo(reply);
        assertThat(await(send(request))).isEqualTo(reply);
        fullNode.getWithToken("/" + api, String.valueOf(reply.body().get("access_token")))
                .isStatus(200);
    }

    private static void revokesTheGrant(String api, Map<String, String> parameters, @Nullable String again) {
        OAuth2Reply reply = await(send(request(api, RandomString.next(), parameters)));
        assertThat(reply.status()).isEqualTo(200);
        // The age of a rotation is in fullNode seconds.
        Awaitility.await().untilAsserted(() -> {
            assertThat(await(send(request(api, again, parameters))).status()).isEqualTo(400);
            fullNode.getWithToken("/" + api, String.valueOf(reply.body().get("access_token")))
                    .isStatus(401);
        });
    }

    @Test
    void repeatedRedemptionOfACode_givesTheSameTokens() {
        givesTheSameTokens("rotating", redemption());
    }

    /** The plugin has no scopes, so the response names the scope that the token has (RFC 6749 §5.1). */
    @Test
    void repeatedRedemption_namesTheSameScope() {
        OAuth2Request request = request(
                "rotating",
                RandomString.next(),
                asClient("grant_type", "authorization_code", "code", code("scope", "email")));
        OAuth2Reply reply = await(send(request));

        assertThat(reply.body()).containsEntry("scope", "");
        assertThat(await(send(request))).isEqualTo(reply);
    }

    @Test
    void repeatedRedemption_givesWhatWasStored_whenTheConfigurationHasChanged() {
        for (boolean isCode : new boolean[] {true, false}) {
            OAuth2Request request =
                    request("rotating", RandomString.next(), isCode ? redemption() : refresh("rotating"));
            OAuth2Reply reply = await(send(request));
            try {
                for (int expiration : new int[] {60, 0}) {
                    configure(new JsonObject().put("token_expiration", expiration));
                    assertThat(await(send(request))).isEqualTo(reply);
                }
            } finally {
                configure(new JsonObject().put("token_expiration", 7_200));
            }
        }
    }

    private static void configure(JsonObject config) {
        String id = Objects.requireNonNull(PLUGINS.get("rotating")).getString("id");
        fullNode.admin("PATCH", "/plugins/" + id, new JsonObject().put("config", config))
                .isStatus(200);
    }

    @Test
    void repeatedRotation_givesTheSameTokens() {
        givesTheSameTokens("rotating", refresh("rotating"));
    }

    @Test
    void repeatedRefreshWithoutRotation_givesTheSameTokens() {
        givesTheSameTokens("keeping", refresh("keeping"));
    }

    @Test
    void redemptionByAnotherAttempt_revokesTheGrant() {
        revokesTheGrant("rotating", redemption(), "another attempt");
        revokesTheGrant("rotating", redemption(), null);
        revokesTheGrant("rotating", refresh("rotating"), "another attempt");
        revokesTheGrant("rotating", refresh("rotating"), null);
    }

    /** The issuer redeems, and crashes before it replies. */
    @ParameterizedTest
    @ValueSource(strings = {"authorization_code", "refresh_token", "client_credentials", "client_assertion"})
    void proxy_getsTheTokensOfAnIssuerThatCrashed(String grant) {
        AtomicInteger crashed = new AtomicInteger();
        var consumer = bare.vertx.eventBus().<OAuth2Request>consumer(Addresses.oauth2(bare.nodeId()), request -> {
            crashed.incrementAndGet();
            send(request.body());
        });
        await(consumer.completion());
        try (Gatehouse proxy = Gatehouse.start(
                ClusterFixture.proxy(cluster(NAME, freeAddress(), first, null), Duration.ofSeconds(60)))) {
            // The proxy may select either of the two issuers first.
            for (int i = 0; i < 50; i++) {
                Map<String, String> parameters = switch (grant) {
                    case "authorization_code" -> redemption();
                    case "refresh_token" -> refresh("rotating");
                    case "client_assertion" -> assertion();
                    default -> asClient("grant_type", grant);
                };
                JsonObject tokens =
                        proxy.token("/rotating", parameters).isStatus(200).json();
                proxy.getWithToken("/rotating", tokens.getString("access_token"))
                        .isStatus(200);
                if (crashed.get() > 0 && i > 5) {
                    break;
                }
            }
        } finally {
            await(consumer.unregister());
        }
        assertThat(crashed).hasPositiveValue();
    }
}
