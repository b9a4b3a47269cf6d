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
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.oauth.ProvenKey;
import io.gatehouse.schema.RandomString;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests repeated requests for JWT access tokens, which issuers sign again. {@link RepeatedAttemptsTest} has the others. */
class RepeatedJwtTest {
    private static final String NAME = "repeated-jwt-test";

    private static Upstream upstream;
    private static Gatehouse node;
    private static BareMember bare;
    private static final Map<String, JsonObject> PLUGINS = new LinkedHashMap<>();
    private static JsonObject application;
    private static String issuer;

    @BeforeAll
    static void start() {
        ListenAddress first = freeAddress();
        upstream = Upstream.start();
        node = Gatehouse.start(Gatehouse.config(
                EnumSet.allOf(Role.class), TestDatabase.create(), List.of(), cluster(NAME, first, first, null)));
        bare = new BareMember(cluster(NAME, freeAddress(), first, null), Role.TOKEN_ISSUER);
        issuer = node.admin("GET", "/").isStatus(200).json().getString("node_id");
        for (String api : List.of("rotating", "keeping")) {
            node.createApi(api, "/" + api, upstream.port());
            PLUGINS.put(
                    api,
                    node.protect(
                            api,
                            new JsonObject()
                                    .put("provision_key", "key")
                                    .put("enable_password_grant", true)
                                    .put("refresh_token_grace", 0)
                                    .put("issuer", "https://id.example")
                                    .put("enable_jwt_access_tokens", true)
                                    .put("reuse_refresh_token", api.equals("keeping"))));
        }
        application = node.register("alex", new JsonObject());
    }

    @AfterAll
    static void stop() {
        bare.close();
        node.close();
        upstream.close();
    }

    /** A request that refreshes new tokens, with the key of a proof if there is one, and the time of the attempt if the proxy sends it. */
    private static OAuth2Request refresh(String api, @Nullable ProvenKey key, @Nullable Long attemptedAt) {
        JsonObject plugin = Objects.requireNonNull(PLUGINS.get(api));
        Map<String, String> password = ClusterFixture.asClient(
                application, "grant_type", "password", "provision_key", "key", "authenticated_userid", "owner");
        String refreshToken =
                node.token("/" + api, password).isStatus(200).json().getString("refresh_token");
        return new OAuth2Request(
                OAuth2Request.Endpoint.TOKEN,
                UUID.fromString(plugin.getString("id")),
                UUID.fromString(plugin.getJsonObject("service").getString("id")),
                RandomString.next(),
                new LinkedHashMap<>(ClusterFixture.asClient(
                        application, "grant_type", "refresh_token", "refresh_token", refreshToken)),
                null,
                "127.0.0.1",
                null,
                null,
                key,
                null,
                attemptedAt);
    }

    private static OAuth2Reply send(OAuth2Request request) {
        OAuth2Reply reply = await(bare.vertx
                .eventBus()
                .<OAuth2Reply>request(Addresses.oauth2(issuer), request)
                .map(Message::body));
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
        return reply;
    }

    private static String accessToken(OAuth2Reply reply) {
        return String.valueOf(reply.body().get("access_token"));
    }

    private static JsonObject claims(String jwt) {
        return new JsonObject(
                new String(Base64.getUrlDecoder().decode(jwt.split("\\.", -1)[1]), StandardCharsets.UTF_8));
    }

    /** As issuers do, one of which was paused and serves the request when the client has the response of the other one. */
    @ParameterizedTest
    @ValueSource(strings = {"rotating", "keeping"})
    void issuersThatServeARequestAtDifferentTimes_giveTheSameJwt(String api) {
        long attemptedAt = System.currentTimeMillis() / 1_000 - 3;
        OAuth2Request request = refresh(api, null, attemptedAt);
        OAuth2Reply given = send(request);

        assertThat(send(request)).isEqualTo(given);

        String token = accessToken(given);
        assertThat(claims(token).getLong("iat")).isEqualTo(attemptedAt);
        assertThat(claims(token).getLong("exp")).isEqualTo(attemptedAt + 7_200);
        node.getWithToken("/" + api, token).isStatus(200);
    }

    /** A token must not begin, or end, at a time of a wrong clock. */
    @Test
    void timeOfAWrongClock_isNotThatOfTheToken() {
        long before = System.currentTimeMillis() / 1_000;

        String token = accessToken(send(refresh("rotating", null, before - 3_600)));

        assertThat(claims(token).getLong("iat")).isBetween(before - 5, before + 60);
    }

    /** The client has not received the first JWT, which is invalid then. */
    @Test
    void repeatedRotationOfAnEarlierProxy_givesAnotherJwtAndTheSameRefreshToken() {
        OAuth2Request request = refresh("rotating", null, null);
        OAuth2Reply given = send(request);

        OAuth2Reply again = send(request);

        assertThat(again.body()).containsEntry("refresh_token", given.body().get("refresh_token"));
        String token = accessToken(again);
        String before = accessToken(given);
        assertThat(claims(token).getString("jti")).isEqualTo(claims(before).getString("jti"));
        node.getWithToken("/rotating", token).isStatus(200);
        Awaitility.await()
                .untilAsserted(() -> node.getWithToken("/rotating", before).isStatus(token.equals(before) ? 200 : 401));
    }

    /** The proof is used once, too (RFC 9449 §11.1). */
    @Test
    void repeatedRotationWithAProof_givesAJwtThatIsBoundToItsKey() {
        long until = System.currentTimeMillis() / 1_000 + 60;
        OAuth2Request request =
                refresh("rotating", new ProvenKey("of a key", CredentialDigest.of(RandomString.next()), until), null);

        for (OAuth2Reply reply : List.of(send(request), send(request))) {
            assertThat(reply.body()).containsEntry("token_type", "DPoP");
            assertThat(claims(accessToken(reply)).getJsonObject("cnf"))
                    .isEqualTo(new JsonObject().put("jkt", "of a key"));
        }
    }
}
