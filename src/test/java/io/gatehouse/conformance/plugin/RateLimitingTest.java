package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the rate-limiting plugin against Kong 3.10. Limits are those of a year, so that no window ends during a test. */
class RateLimitingTest {
    private static final String PLUGIN = "rate-limiting";

    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi(Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1/32"))));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static JsonObject yearly(int limit) {
        return new JsonObject().put("year", limit);
    }

    private static JsonObject refused(JsonObject config) {
        return api.gatehouse
                .admin("POST", "/plugins", new JsonObject().put("name", PLUGIN).put("config", config))
                .isStatus(400)
                .json()
                .getJsonObject("fields");
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "cluster", "redis"})
    void requestsBeyondTheLimitGet429(String policy) {
        JsonObject config = yearly(3).put("policy", policy);
        if (policy.equals("redis")) {
            config.put("redis", new JsonObject().put("host", "redis.example"));
        }
        String path = api.protectedBy(PLUGIN, config);
        for (int remaining = 2; remaining >= 0; remaining--) {
            Reply allowed = api.gatehouse.get(path).isStatus(200);
            assertThat(allowed.header("RateLimit-Limit")).isEqualTo("3");
            assertThat(allowed.header("RateLimit-Remaining")).isEqualTo("" + remaining);
            assertThat(allowed.header("X-RateLimit-Limit-Year")).isEqualTo("3");
            assertThat(allowed.header("X-RateLimit-Remaining-Year")).isEqualTo("" + remaining);
            assertThat(Long.parseLong(allowed.header("RateLimit-Reset"))).isBetween(1L, 366L * 86_400);
            assertThat(allowed.header("Retry-After")).isNull();
        }
        Reply rejected = api.gatehouse.get(path).isMessage(429, "API rate limit exceeded");
        assertThat(rejected.header("RateLimit-Remaining")).isEqualTo("0");
        assertThat(rejected.header("X-RateLimit-Remaining-Year")).isEqualTo("0");
        assertThat(rejected.header("Retry-After")).isEqualTo(rejected.header("RateLimit-Reset"));
        assertThat(rejected.header("Content-Type")).startsWith("application/json");
    }

    @Test
    void theTightestLimitIsTheOneToHeed() {
        String path = api.protectedBy(
                PLUGIN, new JsonObject().put("day", 10).put("month", 10).put("year", 20));
        Reply reply = api.gatehouse.get(path).isStatus(200);
        assertThat(reply.header("X-RateLimit-Remaining-Day")).isEqualTo("9");
        assertThat(reply.header("X-RateLimit-Remaining-Month")).isEqualTo("9");
        assertThat(reply.header("X-RateLimit-Remaining-Year")).isEqualTo("19");
        assertThat(reply.header("RateLimit-Limit")).isEqualTo("10");
        assertThat(reply.header("RateLimit-Remaining")).isEqualTo("9");
    }

    @Test
    void statusAndMessageAreConfigurable_andHeadersCanBeHidden() {
        String path = api.protectedBy(
                PLUGIN,
                yearly(1)
                        .put("error_code", 404)
                        .put("error_message", "Fake \"Not Found\"")
                        .put("hide_client_headers", true));
        Reply allowed = api.gatehouse.get(path).isStatus(200);
        assertThat(allowed.header("RateLimit-Limit")).isNull();
        assertThat(allowed.header("X-RateLimit-Limit-Year")).isNull();
        Reply rejected = api.gatehouse.get(path).isMessage(404, "Fake \"Not Found\"");
        assertThat(rejected.header("RateLimit-Limit")).isNull();
        assertThat(rejected.header("Retry-After")).isNull();
    }

    @Test
    void theBodyOfARejectionIsThatOfAnError() {
        String path = api.protectedBy(PLUGIN, yearly(1).put("error_message", "slow <down>"));
        api.gatehouse.get(path).isStatus(200);
        Reply json = api.gatehouse.get(path).isMessage(429, "slow <down>");
        assertThat(json.json().getString("request_id"))
                .isNotEmpty()
                .isEqualTo(json.hasHeader("X-Kong-Request-Id").header("X-Kong-Request-Id"));
        Reply html = api.gatehouse.get(path, "Accept", "text/html").isStatus(429);
        assertThat(html.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(html.text()).contains("slow &lt;down&gt;");
        assertThat(html.header("Retry-After")).isNotEmpty();
    }

    @Test
    void aHeaderNamesTheCaller_andIsNoAddress() {
        String path =
                api.protectedBy(PLUGIN, yearly(1).put("limit_by", "header").put("header_name", "X-Team"));
        api.gatehouse.get(path, "x-team", "red").isStatus(200);
        api.gatehouse.get(path, "x-team", "red").isStatus(429);
        api.gatehouse.get(path, "x-team", "blue").isStatus(200);
        api.gatehouse.get(path, "x-team", "127.0.0.1").isStatus(200);
        api.gatehouse.get(path, "x-team", "x".repeat(5_000)).isStatus(200);
        api.gatehouse.get(path, "x-team", "x".repeat(5_000)).isStatus(429);
        api.gatehouse.get(path).isStatus(200);
        api.gatehouse.get(path).isStatus(429);
    }

    @Test
    void anIpv6CallerIsItsNetwork() {
        String path = api.protectedBy(PLUGIN, yearly(1).put("limit_by", "ip"));
        String consumerless = api.protectedBy(PLUGIN, yearly(1));
        for (String each : List.of(path, consumerless)) {
            Reply allowed =
                    api.gatehouse.get(each, "x-real-ip", "2001:db8:0:1::1").isStatus(200);
            assertThat(allowed.header("X-RateLimit-Remaining-Year")).isEqualTo("0");
            api.gatehouse.get(each, "x-real-ip", "2001:DB8::1:ffff:0:0:2").isStatus(429);
            api.gatehouse.get(each, "x-real-ip", "2001:db8:0:2::1").isStatus(200);
            api.gatehouse.get(each, "x-real-ip", "192.0.2.1").isStatus(200);
            api.gatehouse.get(each, "x-real-ip", "::ffff:192.0.2.1").isStatus(429);
            api.gatehouse.get(each, "x-real-ip", "192.0.2.2").isStatus(200);
        }
    }

    @Test
    void aPathIsCountedForAllCallers() {
        String path = api.open();
        api.add(path, PLUGIN, yearly(1).put("limit_by", "path").put("path", path + "/counted"));
        api.gatehouse.get(path + "/counted").isStatus(200);
        api.gatehouse.get(path + "/counted").isStatus(429);
        api.gatehouse.get(path + "/other").isStatus(200);
        api.gatehouse.get(path + "/another").isStatus(429);
    }

    @Test
    void aServiceIsCountedForAllCallers() {
        String path = api.protectedBy("key-auth", new JsonObject());
        api.add(path, PLUGIN, yearly(1).put("limit_by", "service"));
        api.getWithKey(path, api.key(api.consumer())).isStatus(200);
        api.getWithKey(path, api.key(api.consumer())).isStatus(429);
    }

    @Test
    void consumersAndCredentialsAreCountedSeparately() {
        String byConsumer = api.protectedBy("key-auth", new JsonObject());
        api.add(byConsumer, PLUGIN, yearly(1));
        String byCredential = api.protectedBy("key-auth", new JsonObject());
        api.add(byCredential, PLUGIN, yearly(1).put("limit_by", "credential").put("policy", "cluster"));
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);
        JsonObject second = api.key(consumer);

        api.getWithKey(byConsumer, key).isStatus(200);
        api.getWithKey(byConsumer, second).isStatus(429);
        api.getWithKey(byConsumer, api.key(api.consumer())).isStatus(200);
        api.getWithKey(byCredential, key).isStatus(200);
        api.getWithKey(byCredential, second).isStatus(200);
        api.getWithKey(byCredential, second).isStatus(429);
    }

    @Test
    void aConsumerCanHaveALimitOfItsOwn() {
        String path = api.protectedBy("key-auth", new JsonObject());
        api.add(path, PLUGIN, yearly(1));
        String consumer = api.consumer();
        api.gatehouse.create(
                "/consumers/" + consumer + "/plugins",
                new JsonObject().put("name", PLUGIN).put("config", yearly(2)));
        JsonObject key = api.key(consumer);
        api.getWithKey(path, key).isStatus(200);
        api.getWithKey(path, key).isStatus(200);
        api.getWithKey(path, key).isStatus(429);
        JsonObject other = api.key(api.consumer());
        api.getWithKey(path, other).isStatus(200);
        api.getWithKey(path, other).isStatus(429);
    }

    @Test
    void theCountContinuesAfterAChangeOfConfiguration() {
        String path = api.open();
        JsonObject plugin = api.add(path, PLUGIN, yearly(1));
        api.gatehouse.get(path).isStatus(200);
        api.add(path, "cors", new JsonObject());
        api.gatehouse.get(path).isStatus(429);
        api.gatehouse
                .admin("PATCH", "/plugins/" + plugin.getString("id"), new JsonObject().put("config", yearly(2)))
                .isStatus(200);
        api.gatehouse.get(path).isStatus(200);
        api.gatehouse.get(path).isStatus(429);
    }

    @Test
    void invalidConfigurationsAreRefused() {
        assertThat(refused(new JsonObject()).getJsonArray("@entity").getString(0))
                .isEqualTo("at least one of these fields must be non-empty: 'config.second', 'config.minute',"
                        + " 'config.hour', 'config.day', 'config.month', 'config.year'");
        assertThat(refused(new JsonObject().put("second", 20).put("hour", 10)).getString("config"))
                .isEqualTo("The limit for hour(10.0) cannot be lower than the limit for second(20.0)");
        assertThat(refused(yearly(0)).getJsonObject("config").getString("year"))
                .isEqualTo("value must be greater than 0");
        assertThat(refused(yearly(1).put("limit_by", "name"))
                        .getJsonObject("config")
                        .getString("limit_by"))
                .startsWith("expected one of: consumer, credential");
        for (List<String> each :
                List.of(List.of("limit_by", "header", "header_name"), List.of("limit_by", "path", "path"))) {
            JsonObject violation = refused(yearly(1).put(each.get(0), each.get(1)));
            assertThat(violation.getJsonObject("config").getString(each.get(2))).isEqualTo("required field missing");
            assertThat(violation.getJsonArray("@entity").getString(0))
                    .isEqualTo("failed conditional validation given value of field 'config." + each.get(0) + "'");
        }
        assertThat(refused(yearly(1).put("policy", "redis"))
                        .getJsonObject("config")
                        .getJsonObject("redis")
                        .getString("host"))
                .isEqualTo("required field missing");
        refused(yearly(1).put("error_code", 200));
        assertThat(refused(yearly(1).put("sync_rate", 5)).getString("config"))
                .isEqualTo("sync_rate can only be used with the redis policy");
        JsonObject redis = new JsonObject().put("host", "redis.test");
        assertThat(refused(yearly(1).put("policy", "redis").put("redis", redis).put("sync_rate", 0.01))
                        .getString("config"))
                .isEqualTo("sync_rate must be greater than 0.02, or -1 to disable");
    }

    /** Kong has replaced them, and its responses and the files of decK still contain them. */
    @Test
    void theFieldsBeforeTheRecordOfRedisSetIt() {
        JsonObject config = yearly(1)
                .put("policy", "redis")
                .put("redis_host", "redis.example")
                .putNull("redis_password");
        JsonObject plugin = api.add(api.open(), PLUGIN, config);
        assertThat(plugin.getJsonObject("config").containsKey("redis_host")).isFalse();
        assertThat(plugin.getJsonObject("config").getJsonObject("redis").getString("host"))
                .isEqualTo("redis.example");

        JsonObject patch = new JsonObject().put("config", new JsonObject().put("redis_port", 6_380));
        JsonObject patched = api.gatehouse
                .admin("PATCH", "/plugins/" + plugin.getString("id"), patch)
                .isStatus(200)
                .json()
                .getJsonObject("config")
                .getJsonObject("redis");
        assertThat(patched.getInteger("port")).isEqualTo(6_380);
        assertThat(patched.getString("host")).isEqualTo("redis.example");
    }

    @Test
    void defaultsAreKongs() {
        JsonObject config = api.add(api.open(), PLUGIN, yearly(1)).getJsonObject("config");
        assertThat(config.getString("limit_by")).isEqualTo("consumer");
        assertThat(config.getString("policy")).isEqualTo("local");
        assertThat(config.getBoolean("fault_tolerant")).isTrue();
        assertThat(config.getInteger("error_code")).isEqualTo(429);
        assertThat(config.getInteger("sync_rate")).isEqualTo(-1);
        assertThat(config.getJsonObject("redis").getInteger("port")).isEqualTo(6_379);
        assertThat(config.getJsonObject("redis").getInteger("timeout")).isEqualTo(2_000);
    }
}
