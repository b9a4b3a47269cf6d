package io.gatehouse.conformance.cache;

import static io.gatehouse.conformance.cache.CacheApi.is;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests proxy-cache against Kong 3.10. {@link ProxyCacheSafetyTest} tests what it must not store or share. */
class ProxyCacheTest {
    private static CacheApi api;
    private static Gatehouse gatehouse;

    @BeforeAll
    static void start() {
        api = new CacheApi();
        gatehouse = api.plugins.gatehouse;
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void number() {
        api.respond(response -> {});
    }

    @Test
    void theSecondRequestGetsTheStoredResponse() {
        api.respond(response -> response.headers().add("x-of-upstream", "a").add("x-of-upstream", "b"));
        String path = api.cached();
        Reply miss = is(api.get(path), "Miss");
        Reply hit = is(api.get(path), "Hit");
        assertThat(hit.text()).isEqualTo(miss.text()).startsWith("response ");
        assertThat(hit.header("x-of-upstream")).isEqualTo("a, b");
        assertThat(hit.header("content-type")).isEqualTo("text/plain");
        assertThat(hit.header("age")).matches("[0-9]+");
        assertThat(hit.header("x-cache-key")).matches("[0-9a-f]{64}").isEqualTo(miss.header("x-cache-key"));
        assertThat(miss.header("age")).isNull();
        assertThat(miss.header("content-length")).isEqualTo(hit.header("content-length"));
        assertThat(hit.header("x-kong-upstream-latency")).isNull();
    }

    @Test
    void aHeadHasItsOwnEntryAndNoBody() {
        String path = api.cached();
        is(api.get(path), "Miss");
        is(api.send("HEAD", path), "Miss");
        Reply hit = is(api.send("HEAD", path), "Hit");
        assertThat(hit.text()).isEmpty();
        assertThat(hit.header("content-length")).isNotEqualTo("0");
        assertThat(is(api.get(path), "Hit").text()).startsWith("response ");
    }

    @Test
    void onlyListedMethodsStatusesAndTypesAreStored() {
        is(api.send("DELETE", api.cached()), "Bypass");
        is(api.get(api.cached("response_code", List.of(404))), "Bypass");
        is(api.get(api.cached("content_type", List.of("text/html"))), "Bypass");
        is(api.get(api.cached("content_type", List.of("text/plain; charset=utf-8"))), "Bypass");
        is(api.get(api.cached("content_type", List.of("text/*"))), "Miss");
        api.respond(response -> response.putHeader("content-type", "text/plain; charset=UTF-8"));
        is(api.get(api.cached("content_type", List.of("text/plain; charset=utf-8"))), "Miss");
    }

    @Test
    void otherPluginsChangeAStoredResponseOnce() {
        String path = api.cached();
        JsonObject headers = new JsonObject().put("headers", new JsonArray().add("x-added:1"));
        api.plugins.add(path, "response-transformer", new JsonObject().put("append", headers));
        api.plugins.add(path, "correlation-id", new JsonObject().put("echo_downstream", true));
        Reply miss = is(api.get(path), "Miss");
        Reply hit = is(api.get(path), "Hit");
        assertThat(hit.response().headers().allValues("x-added")).containsExactly("1");
        assertThat(hit.header("kong-request-id")).isNotEqualTo(miss.header("kong-request-id"));
    }

    @Test
    void theOrderOfParametersDoesNotMatter() {
        String path = api.cached();
        String stored = is(api.get(path + "?b=1&a=2"), "Miss").text();
        assertThat(is(api.get(path + "?a=2&b=1"), "Hit").text()).isEqualTo(stored);
        is(api.get(path + "?a=2&b=2"), "Miss");
    }

    @Test
    void onlyTheListedParametersAreInTheKey() {
        String path = api.cached("vary_query_params", List.of("id"));
        is(api.get(path + "?id=1&other=1"), "Miss");
        is(api.get(path + "?other=2&id=1"), "Hit");
        is(api.get(path + "?id=2"), "Miss");
    }

    @Test
    void theCaseOfThePathMattersUnlessItIsIgnored() {
        String strict = api.cached();
        is(api.get(strict + "/a"), "Miss");
        is(api.get(strict + "/A"), "Miss");
        String lenient = api.cached("ignore_uri_case", true);
        is(api.get(lenient + "/a"), "Miss");
        is(api.get(lenient + "/A"), "Hit");
    }

    @Test
    void cacheControlOfTheResponseDecidesIfConfigured() {
        String path = api.cached("cache_control", true);
        is(api.get(path), "Bypass");
        for (String never : List.of("no-store", "private, max-age=60", "max-age=0", "max-age=60, max-age=0")) {
            api.respond(response -> response.putHeader("cache-control", never));
            is(api.get(path), "Bypass");
        }
        api.respond(
                response -> response.putHeader("cache-control", "max-age=60").putHeader("age", "60"));
        is(api.get(path), "Bypass");
        api.respond(
                response -> response.putHeader("cache-control", "max-age=60").putHeader("age", "10"));
        is(api.get(path), "Miss");
        assertThat(Integer.parseInt(is(api.get(path), "Hit").header("age"))).isGreaterThanOrEqualTo(10);
        is(api.get(path, "cache-control", "max-age=5"), "Refresh");
        is(api.get(path, "cache-control", "min-fresh=55"), "Refresh");
        is(api.get(path, "cache-control", "no-store"), "Bypass");
    }

    @Test
    void aStoredResponseIsReplacedWhenItIsNoLongerFresh() {
        String path = api.cached("cache_ttl", 1, "storage_ttl", 300);
        String stored = is(api.get(path), "Miss").text();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        Reply next = api.get(path);
        while ("Hit".equals(next.header("x-cache-status")) && System.nanoTime() < deadline) {
            assertThat(next.text()).isEqualTo(stored);
            next = api.get(path);
        }
        assertThat(is(next, "Refresh").text()).isNotEqualTo(stored);
    }

    @Test
    void aStaleResponseIsSentOnlyToAClientThatAcceptsIt() {
        String path = api.cached("cache_control", true, "storage_ttl", 300);
        api.respond(response -> response.putHeader("cache-control", "max-age=1"));
        String stored = is(api.get(path), "Miss").text();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        Reply old = api.get(path, "cache-control", "max-stale");
        while ("0".equals(old.header("age")) && System.nanoTime() < deadline) {
            old = api.get(path, "cache-control", "max-stale");
        }
        assertThat(is(old, "Hit").text()).isEqualTo(stored);
        assertThat(is(api.get(path), "Refresh").text()).isNotEqualTo(stored);
    }

    @Test
    void aClientCanAskForStoredResponsesOnly() {
        String path = api.cached("cache_control", true);
        api.respond(response -> response.putHeader("cache-control", "max-age=60"));
        api.get(path, "cache-control", "only-if-cached").isStatus(504);
        is(api.get(path), "Miss");
        is(api.get(path, "cache-control", "only-if-cached"), "Hit");
    }

    @Test
    void theHeadersAboutTheCacheCanBeOff() {
        JsonObject off =
                new JsonObject().put("age", false).put("X-Cache-Status", false).put("X-Cache-Key", false);
        String path = api.cached("response_headers", off);
        Reply miss = api.get(path);
        Reply hit = api.get(path);
        assertThat(hit.text()).isEqualTo(miss.text());
        for (String name : List.of("age", "x-cache-status", "x-cache-key")) {
            assertThat(hit.header(name)).isNull();
        }
    }

    @Test
    void theAdminApiShowsAndPurgesAResponse() {
        String path = api.cached();
        String key = is(api.get(path), "Miss").header("x-cache-key");
        JsonObject shown =
                gatehouse.admin("GET", "/proxy-cache/" + key).isStatus(200).json();
        assertThat(shown.getInteger("status")).isEqualTo(200);
        assertThat(shown.getString("body")).startsWith("response ").hasSize(shown.getInteger("body_len"));
        assertThat(shown.getInteger("ttl")).isEqualTo(300);
        gatehouse.admin("DELETE", "/proxy-cache/" + key).isStatus(204);
        gatehouse.admin("DELETE", "/proxy-cache/" + key).isStatus(404);
        gatehouse.admin("GET", "/proxy-cache/" + key).isStatus(404);
        is(api.get(path), "Miss");
    }

    @Test
    void theAdminApiPurgesTheResponseOfOnePlugin() {
        String path = api.plugins.open();
        String id = api.plugins
                .add(path, "proxy-cache", new JsonObject().put("strategy", "memory"))
                .getString("id");
        String key = is(api.get(path), "Miss").header("x-cache-key");
        gatehouse.admin("GET", "/proxy-cache/" + id + "/caches/" + key).isStatus(200);
        String other = "/proxy-cache/" + UUID.randomUUID() + "/caches/" + key;
        gatehouse.admin("GET", other).isStatus(404);
        gatehouse.admin("DELETE", other).isStatus(404);
        gatehouse.admin("DELETE", "/proxy-cache/no-id/caches/" + key).isStatus(404);
        is(api.get(path), "Hit");
        gatehouse.admin("DELETE", "/proxy-cache/" + id + "/caches/" + key).isStatus(204);
        is(api.get(path), "Miss");
    }

    @Test
    void theAdminApiPurgesAllResponses() {
        String one = api.cached();
        String other = api.cached();
        is(api.get(one), "Miss");
        is(api.get(other), "Miss");
        gatehouse.admin("DELETE", "/proxy-cache").isStatus(204);
        is(api.get(one), "Miss");
        is(api.get(other), "Miss");
    }

    @Test
    void anInvalidConfigurationIsRejected() {
        String plugins = "/services" + api.plugins.open() + "/plugins";
        for (JsonObject config : List.of(
                new JsonObject(),
                new JsonObject().put("strategy", "redis"),
                new JsonObject().put("strategy", "memory").put("cache_ttl", 0),
                new JsonObject().put("strategy", "memory").put("response_code", new JsonArray()),
                new JsonObject().put("strategy", "memory").put("request_method", List.of("DELETE")))) {
            gatehouse
                    .admin(
                            "POST",
                            plugins,
                            new JsonObject().put("name", "proxy-cache").put("config", config))
                    .isStatus(400);
        }
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.plugins.assertSchemaContainsEveryDefault(
                "proxy-cache",
                new JsonObject()
                        .put("strategy", "memory")
                        .put("memory", new JsonObject().put("dictionary_name", "kong_db_cache"))
                        .put(
                                "response_headers",
                                new JsonObject()
                                        .put("age", true)
                                        .put("X-Cache-Status", true)
                                        .put("X-Cache-Key", true)));
    }
}
