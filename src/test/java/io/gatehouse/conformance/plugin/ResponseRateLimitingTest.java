package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the response-ratelimiting plugin against Kong 3.10. Limits are those of a year, so that no window ends during a test. */
class ResponseRateLimitingTest {
    private static final String PLUGIN = "response-ratelimiting";
    private static final String USED = "x-used";

    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi(Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1/32"))));
        api.upstream.behave(ResponseRateLimitingTest::use);
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    /** Reports the units that the test names in a header of the request; {@code |} separates two fields, {@code *} is a long text. */
    private static void use(HttpServerRequest request) {
        String used = request.getHeader(USED);
        request.response().putHeader("X-Upstream", "yes");
        if (used != null) {
            String name = request.getHeader("x-name");
            for (String each : used.split("[|]", -1)) {
                String field = each.replace("*", "x".repeat(9_000));
                request.response().headers().add(name == null ? "X-Kong-Limit" : name, field);
            }
        }
        Upstream.echo(request);
    }

    private static JsonObject limited(Object... limits) {
        JsonObject all = new JsonObject();
        for (int i = 0; i < limits.length; i += 2) {
            all.put((String) limits[i], new JsonObject().put("year", limits[i + 1]));
        }
        return new JsonObject().put("limits", all);
    }

    private static Reply use(String path, String used) {
        return api.gatehouse.get(path, USED, used);
    }

    private static String remaining(Reply reply, String name) {
        return reply.header("X-RateLimit-Remaining-" + name + "-year");
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "cluster", "redis"})
    void responsesBeyondTheLimitBecome429(String policy) {
        JsonObject config = limited("video", 5, "image", 2).put("policy", policy);
        if (policy.equals("redis")) {
            config.put("redis", new JsonObject().put("host", "redis.example"));
        }
        String path = api.protectedBy(PLUGIN, config);
        Reply first = use(path, "video=2, image=1").isStatus(200);
        assertThat(first.header("X-RateLimit-Limit-video-year")).isEqualTo("5");
        assertThat(remaining(first, "video")).isEqualTo("3");
        assertThat(first.header("X-RateLimit-Limit-image-year")).isEqualTo("2");
        assertThat(remaining(first, "image")).isEqualTo("1");
        assertThat(first.header("X-Kong-Limit")).isNull();
        assertThat(first.json().getJsonObject("headers").getString("x-ratelimit-remaining-video"))
                .isEqualTo("5");

        Reply over = use(path, "image=3").isStatus(200);
        assertThat(remaining(over, "image")).isEqualTo("0");
        assertThat(over.json().getJsonObject("headers").getString("x-ratelimit-remaining-image"))
                .isEqualTo("1");

        Reply rejected = use(path, "video=1, image=1").isStatus(429);
        assertThat(rejected.text()).isEmpty();
        assertThat(rejected.header("Content-Length")).isEqualTo("0");
        assertThat(remaining(rejected, "image")).isEqualTo("0");
        assertThat(remaining(rejected, "video")).isEqualTo("3");
        assertThat(rejected.header("X-Kong-Limit")).isNull();
        Reply other = use(path, "video=1").isStatus(200);
        assertThat(remaining(other, "video")).isEqualTo("2");
        assertThat(other.json().getJsonObject("headers").getString("x-ratelimit-remaining-image"))
                .isEqualTo("0");
    }

    @Test
    void theReplacingResponse_hasNothingOfTheUpstreams_andItsConnectionServesTheNextRequest() {
        String path = api.protectedBy(PLUGIN, limited("video", 1));
        assertThat(use(path, "video=1").isStatus(200).header("X-Upstream")).isEqualTo("yes");

        RawClient.Answer answer = RawClient.send(
                api.gatehouse,
                "GET " + path + " HTTP/1.1\r\nHost: a\r\nX-Used: video=1\r\n\r\n" + "GET " + path
                        + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 429 Too Many Requests");
        int next = answer.text().indexOf("\r\n\r\nHTTP/1.1 200 OK\r\n");
        assertThat(next).as(answer.text()).isPositive();
        assertThat(answer.text().substring(0, next).toLowerCase(Locale.ROOT))
                .contains("content-length: 0", "x-ratelimit-remaining-video-year: 0")
                .doesNotContain("x-upstream", "x-kong-limit");
        assertThat(answer.closed()).isTrue();
    }

    @Test
    void theFirstReachedLimitBlocksEveryRequest_ifConfigured() {
        String path = api.protectedBy(PLUGIN, limited("video", 9, "image", 1).put("block_on_first_violation", true));
        use(path, "image=2").isStatus(200);
        int before = api.upstream.requests();
        Reply blocked = use(path, "video=1").isMessage(429, "API rate limit exceeded for 'image'");
        assertThat(remaining(blocked, "video")).isNull();
        assertThat(api.upstream.requests()).isEqualTo(before);
    }

    @Test
    void severalFieldsCount_andMalformedPartsDoNot() {
        String path = api.protectedBy(PLUGIN, limited("video", 20, "image", 20));
        Reply both = use(path, "video=2|image=1").isStatus(200);
        assertThat(remaining(both, "video")).isEqualTo("18");
        assertThat(remaining(both, "image")).isEqualTo("19");
        for (String ignored : List.of(
                "",
                "video",
                "=",
                "video=",
                "video=x",
                "video=1e3",
                "video=0x1",
                "video=1=1",
                "other=1",
                "VIDEO=1",
                "video=99999999999999999999",
                "video=--1",
                ",,,")) {
            assertThat(remaining(use(path, ignored).isStatus(200), "video"))
                    .as(ignored)
                    .isEqualTo("18");
        }
        assertThat(remaining(use(path, "video=9, video = +1 "), "video")).isEqualTo("17");
        assertThat(remaining(use(path, "video=1.5"), "video")).isEqualTo("15");
        assertThat(remaining(use(path, "video=-2"), "video")).isEqualTo("17");
        assertThat(remaining(use(path, "video=1,*,image=1"), "video")).isEqualTo("16");
        assertThat(remaining(use(path, ""), "image")).isEqualTo("19");
    }

    @Test
    void theHeaderIsConfigurable_andHeadersCanBeHidden() {
        String path = api.protectedBy(
                PLUGIN, limited("video", 1).put("header_name", "X-Cost").put("hide_client_headers", true));
        Reply allowed =
                api.gatehouse.get(path, USED, "video=1", "x-name", "x-cost").isStatus(200);
        assertThat(allowed.header("X-Cost")).isNull();
        assertThat(allowed.header("X-RateLimit-Limit-video-year")).isNull();
        Reply rejected =
                api.gatehouse.get(path, USED, "video=1", "x-name", "x-cost").isStatus(429);
        assertThat(rejected.header("X-RateLimit-Limit-video-year")).isNull();
        use(path, "video=1").isStatus(200);
    }

    @Test
    void consumersCredentialsAndAddressesAreCountedSeparately() {
        String byConsumer = api.protectedBy("key-auth", new JsonObject());
        api.add(byConsumer, PLUGIN, limited("video", 1));
        String byCredential = api.protectedBy("key-auth", new JsonObject());
        api.add(byCredential, PLUGIN, limited("video", 1).put("limit_by", "credential"));
        String consumer = api.consumer();
        String key = api.key(consumer).getString("key");
        String second = api.key(consumer).getString("key");
        String other = api.key(api.consumer()).getString("key");

        api.gatehouse.get(byConsumer, "apikey", key, USED, "video=1").isStatus(200);
        api.gatehouse.get(byConsumer, "apikey", second, USED, "video=1").isStatus(429);
        api.gatehouse.get(byConsumer, "apikey", other, USED, "video=1").isStatus(200);
        api.gatehouse.get(byCredential, "apikey", key, USED, "video=1").isStatus(200);
        api.gatehouse.get(byCredential, "apikey", second, USED, "video=1").isStatus(200);
        api.gatehouse.get(byCredential, "apikey", second, USED, "video=1").isStatus(429);

        String byAddress = api.protectedBy(PLUGIN, limited("video", 1).put("limit_by", "ip"));
        api.gatehouse.get(byAddress, "x-real-ip", "192.0.2.1", USED, "video=1").isStatus(200);
        api.gatehouse.get(byAddress, "x-real-ip", "192.0.2.1", USED, "video=1").isStatus(429);
        api.gatehouse.get(byAddress, "x-real-ip", "192.0.2.2", USED, "video=1").isStatus(200);
    }

    @Test
    void aRejectionIsChangedByOtherPlugins_andTheNextRequestIsServed() {
        String path = api.protectedBy(PLUGIN, limited("video", 1));
        api.add(path, "correlation-id", new JsonObject().put("echo_downstream", true));
        api.add(path, "response-transformer", PluginApi.edits("add.headers=x-added:1"));
        for (int status : new int[] {200, 429, 429}) {
            Reply reply = use(path, "video=1").isStatus(status);
            assertThat(reply.header("Kong-Request-ID")).isNotNull();
            assertThat(reply.header("x-added")).isEqualTo("1");
            assertThat(reply.response().headers().allValues("x-kong-request-id"))
                    .hasSize(1);
        }
        assertThat(remaining(use(path, "other=1").isStatus(200), "video")).isEqualTo("0");
    }

    @Test
    void responsesOfTheGatewayUseNothing() {
        String path = api.protectedBy(PLUGIN, limited("video", 2));
        api.add(path, "request-termination", new JsonObject().put("status_code", 503));
        for (int i = 0; i < 2; i++) {
            assertThat(remaining(use(path, "video=1").isStatus(503), "video")).isEqualTo("2");
        }
    }

    @Test
    void invalidConfigurationsAreRefused() {
        api.assertRefused(PLUGIN, new JsonObject(), "config.limits: required field missing");
        api.assertRefused(PLUGIN, limited(), "config.limits: length must be at least 1");
        api.assertRefused(PLUGIN, limited("video", 0), "config.limits.year: value must be greater than 0");
        api.assertRefused(
                PLUGIN,
                limited("two words", 1),
                "config.limits: bad header name 'two words', allowed characters are A-Z, a-z, 0-9, '_', and '-'");
        api.assertRefused(
                PLUGIN,
                new JsonObject()
                        .put(
                                "limits",
                                new JsonObject()
                                        .put(
                                                "video",
                                                new JsonObject()
                                                        .put("second", 2)
                                                        .put("minute", 1))),
                "config.limits: the limit for minute(1.0) cannot be lower than the limit for second(2.0)");
        api.assertRefused(
                PLUGIN,
                limited("video", 1).put("limit_by", "header"),
                "config.limit_by: expected one of: consumer, credential, ip");
        JsonObject many = new JsonObject();
        for (int i = 0; i < 65; i++) {
            many.put("q" + i, new JsonObject().put("year", 1));
        }
        api.assertRefused(PLUGIN, new JsonObject().put("limits", many), "config.limits: length must be at most 64");
        Reply empty = api.gatehouse
                .admin(
                        "POST",
                        "/plugins",
                        new JsonObject()
                                .put("name", PLUGIN)
                                .put(
                                        "config",
                                        new JsonObject()
                                                .put("limits", new JsonObject().put("video", new JsonObject()))))
                .isStatus(400);
        assertThat(empty.text()).contains("at least one of these fields must be non-empty: 'second', 'minute'");
    }

    @Test
    void defaultsAreKongs() {
        JsonObject config = api.add(api.open(), PLUGIN, limited("video", 1)).getJsonObject("config");
        assertThat(config.getString("header_name")).isEqualTo("x-kong-limit");
        assertThat(config.getString("limit_by")).isEqualTo("consumer");
        assertThat(config.getString("policy")).isEqualTo("local");
        assertThat(config.getBoolean("fault_tolerant")).isTrue();
        assertThat(config.getBoolean("block_on_first_violation")).isFalse();
        assertThat(config.getBoolean("hide_client_headers")).isFalse();
        assertThat(config.getJsonObject("redis").getInteger("port")).isEqualTo(6_379);
    }
}
