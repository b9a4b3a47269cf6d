package io.gatehouse.conformance.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which Consumer and credential the claims of openid-connect name. */
class ClaimedConsumerTest extends ProviderTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static String name() {
        return "user-" + NAMES.incrementAndGet();
    }

    private static JsonObject consumer(JsonObject fields) {
        return api.gatehouse.create("/consumers", fields);
    }

    /** Returns a configuration whose claim {@code who} names the Consumer by these fields. */
    private JsonObject config(String... fields) {
        return idp.config("bearer").put("consumer_claim", List.of("who")).put("consumer_by", List.of(fields));
    }

    private Reply call(String path, Object who) {
        return withToken(path, idp.sign(idp.claims().put("who", who)));
    }

    private static String consumerOf(Reply reply) {
        return String.valueOf(reply.isStatus(200).upstreamHeader("x-consumer-id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "username", "custom_id"})
    void aClaimNamesTheConsumer(String field) {
        JsonObject consumer = consumer(new JsonObject().put("username", name()).put("custom_id", name()));
        Reply reply = call(protectedBy(config(field)), consumer.getString(field));
        assertThat(consumerOf(reply)).isEqualTo(consumer.getString("id"));
        assertThat(reply.upstreamHeader("x-consumer-username")).isEqualTo(consumer.getString("username"));
        assertThat(reply.upstreamHeader("x-consumer-custom-id")).isEqualTo(consumer.getString("custom_id"));
        assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo("anna");
        assertThat(reply.upstreamHeader("x-anonymous-consumer")).isNull();
    }

    @Test
    void theFirstFieldThatNamesAConsumerCounts() {
        String shared = name();
        String byUsername = consumer(new JsonObject().put("username", shared)).getString("id");
        String byCustomId = consumer(new JsonObject().put("custom_id", shared)).getString("id");
        assertThat(consumerOf(call(protectedBy(config("custom_id", "username")), shared)))
                .isEqualTo(byCustomId);
        JsonObject usual = config();
        usual.remove("consumer_by");
        String path = protectedBy(usual);
        assertThat(consumerOf(call(path, shared))).isEqualTo(byUsername);
        String other = name();
        String fallback = consumer(new JsonObject().put("custom_id", other)).getString("id");
        assertThat(consumerOf(call(path, other))).isEqualTo(fallback);
    }

    @Test
    void aWholeNumberInANestedObjectNamesTheConsumer() {
        String id = consumer(new JsonObject().put("custom_id", "4711")).getString("id");
        String path = protectedBy(config("custom_id").put("consumer_claim", List.of("employee", "number")));
        String token = idp.sign(idp.claims().put("employee", new JsonObject().put("number", 4711)));
        assertThat(consumerOf(withToken(path, token))).isEqualTo(id);
    }

    private static Stream<Object> valuesWithoutAConsumer() {
        return Stream.of(
                "unknown",
                " ",
                "a\r\nb",
                "x".repeat(513),
                "1-1-1-1-1",
                true,
                1.5,
                List.of("unknown"),
                new JsonObject().put("name", "unknown"));
    }

    @ParameterizedTest
    @MethodSource("valuesWithoutAConsumer")
    void aClaimThatNamesNoConsumerIsForbidden(Object who) {
        String path = protectedBy(config("id", "username", "custom_id"));
        call(path, who).isMessage(403, "Forbidden");
    }

    @Test
    void anAbsentClaimIsForbidden_orHasTheAnonymousConsumer_orNoneIfThatIsAllowed() {
        String token = idp.sign(idp.claims());
        withToken(protectedBy(config("username")), token).isMessage(403, "Forbidden");

        String anonymous = api.consumer();
        Reply replaced = withToken(protectedBy(config("username").put("anonymous", anonymous)), token);
        assertThat(replaced.isStatus(200).upstreamHeader("x-consumer-username")).isEqualTo(anonymous);
        assertThat(replaced.upstreamHeader("x-anonymous-consumer")).isEqualTo("true");
        assertThat(replaced.upstreamHeader("x-credential-identifier")).isNull();

        Reply optional = withToken(protectedBy(config("username").put("consumer_optional", true)), token);
        assertThat(optional.isStatus(200).upstreamHeader("x-consumer-id")).isNull();
        assertThat(optional.upstreamHeader("x-credential-identifier")).isEqualTo("anna");
    }

    @ParameterizedTest
    @ValueSource(strings = {"username", "custom_id"})
    void aRenamedConsumerHasItsNewNameAtOnce_andADeletedOneNone(String field) {
        String before = name();
        String after = name();
        String id = consumer(new JsonObject().put(field, before)).getString("id");
        String path = protectedBy(config(field));
        assertThat(consumerOf(call(path, before))).isEqualTo(id);

        api.gatehouse
                .admin("PATCH", "/consumers/" + id, new JsonObject().put(field, after))
                .isStatus(200);
        call(path, before).isStatus(403);
        assertThat(consumerOf(call(path, after))).isEqualTo(id);

        api.gatehouse.admin("DELETE", "/consumers/" + id).isStatus(204);
        call(path, after).isStatus(403);
    }

    @Test
    void aConsumerIsFoundThatIsCreatedAfterARejection() {
        String who = name();
        String path = protectedBy(config("username"));
        call(path, who).isStatus(403);
        consumer(new JsonObject().put("username", who));
        await().atMost(LIMIT).untilAsserted(() -> call(path, who).isStatus(200));
    }

    @Test
    void theGroupsAreThoseOfTheConsumer() {
        String username = api.consumer();
        String path = protectedBy(config("username").put("consumer_optional", true));
        api.add(path, "acl", new JsonObject().put("allow", List.of("staff")));
        call(path, username).isStatus(403);
        api.join(username, "staff");
        call(path, username).isStatus(200);
        // Authenticated, but no Consumer.
        call(path, "unknown").isStatus(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"consumer", "credential"})
    void callersWithoutAConsumerHaveALimitEach(String limitBy) {
        String path = protectedBy(idp.config("bearer").put("credential_claim", List.of("user", "name")));
        api.add(path, "rate-limiting", new JsonObject().put("year", 1).put("limit_by", limitBy));
        for (String user : List.of("anna", "otto")) {
            String token = idp.sign(idp.claims().put("user", new JsonObject().put("name", user)));
            Reply reply = withToken(path, token).isStatus(200);
            assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo(user);
            withToken(path, token).isStatus(429);
        }
    }

    @Test
    void noClaimIsTheCredential_whenItIsConfiguredSoOrIsNoIdentifier() {
        String none = protectedBy(idp.config("bearer").put("credential_claim", List.of()));
        assertThat(withToken(none, idp.sign(idp.claims())).isStatus(200).upstreamHeader("x-credential-identifier"))
                .isNull();
        String usual = protectedBy(idp.config("bearer"));
        assertThat(withToken(usual, idp.sign(idp.claims().put("sub", "a\r\nx-admin: 1")))
                        .isStatus(200)
                        .upstreamHeader("x-credential-identifier"))
                .isNull();
    }

    @Test
    void theConsumerOfAnEarlierPluginRemains_unlessAClaimNamesAnother() {
        String owner = api.consumer();
        String key = api.key(owner).getString("key");
        String named = api.consumer();
        String path = protectedBy(config("username").put("consumer_optional", true));
        api.add(path, "key-auth", new JsonObject());
        for (String who : List.of("unknown", named)) {
            String token = idp.sign(idp.claims().put("who", who));
            Reply reply = api.gatehouse.get(path, "Authorization", "Bearer " + token, "apikey", key);
            assertThat(reply.isStatus(200).upstreamHeader("x-consumer-username"))
                    .isEqualTo(who.equals(named) ? named : owner);
        }
    }

    @Test
    void aLaterPluginWithAnonymousAcceptsACallerWithoutAConsumer() {
        String anonymous = api.consumer();
        String path = protectedBy(idp.config("bearer").put("anonymous", anonymous));
        api.add(path, "hmac-auth", new JsonObject().put("anonymous", anonymous));
        Reply reply = withToken(path, idp.sign(idp.claims())).isStatus(200);
        assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo("anna");
        assertThat(reply.upstreamHeader("x-anonymous-consumer")).isNull();
        assertThat(api.gatehouse.get(path).isStatus(200).upstreamHeader("x-anonymous-consumer"))
                .isEqualTo("true");
    }

    @Test
    void aConfigurationWithoutAFieldIsRefused() {
        api.assertRefused("openid-connect", config(), "config.consumer_by: must contain a field");
    }
}
