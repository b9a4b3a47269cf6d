package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Scrape;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the prometheus plugin against Kong 3.10. */
class PrometheusTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String REQUESTS = "kong_http_requests_total";
    private static final String BYTES = "kong_bandwidth_bytes";

    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi(Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of())));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @AfterEach
    void removePlugins() {
        for (Object plugin : api.gatehouse.admin("GET", "/plugins").json().getJsonArray("data")) {
            api.gatehouse
                    .admin("DELETE", "/plugins/" + ((JsonObject) plugin).getString("id"))
                    .isStatus(204);
        }
    }

    private static JsonObject with(String... flags) {
        JsonObject config = new JsonObject();
        for (String flag : flags) {
            config.put(flag, true);
        }
        return config;
    }

    private static Scrape scrape() {
        return Scrape.of(api.gatehouse);
    }

    /** The node counts after the last byte of the response, which the client may read before. */
    private static void awaitSum(double expected, String name, String... labels) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(scrape().sum(name, labels)).isEqualTo(expected));
    }

    private static String name(String path) {
        return path.substring(1);
    }

    @Test
    void requestsAreCountedByRouteStatusAndSource() {
        String path = api.protectedBy("key-auth", new JsonObject());
        api.add(path, "prometheus", with("status_code_metrics"));
        JsonObject key = api.key(api.consumer());
        api.getWithKey(path, key).isStatus(200);
        api.getWithKey(path, key).isStatus(200);
        api.gatehouse.get(path).isStatus(401);

        awaitSum(2, REQUESTS, "route", name(path), "code", "200", "source", "service");
        awaitSum(1, REQUESTS, "route", name(path), "code", "401", "source", "kong");
        assertThat(scrape().find(REQUESTS, "code", "200").get(0).labels())
                .isEqualTo(Map.of(
                        "service",
                        name(path),
                        "route",
                        name(path),
                        "code",
                        "200",
                        "source",
                        "service",
                        "workspace",
                        "default",
                        "consumer",
                        ""));
    }

    @Test
    void aRouteHasSeriesForAtMost64StatusCodes() {
        String path = api.protectedBy("prometheus", with("status_code_metrics"));
        api.upstream.behave(request -> request.response()
                .setStatusCode(Integer.parseInt(request.getParam("code")))
                .end());
        try {
            for (int code = 520; code < 600; code++) {
                api.gatehouse.get(path + "?code=" + code).isStatus(code);
            }
            api.gatehouse.get(path + "?code=520").isStatus(520);

            awaitSum(81, REQUESTS, "route", name(path));
            assertThat(scrape().find(REQUESTS, "route", name(path))).hasSize(65);
            assertThat(scrape().sum(REQUESTS, "route", name(path), "code", "520"))
                    .isEqualTo(2);
            assertThat(scrape().sum(REQUESTS, "route", name(path), "code", "other", "source", "service"))
                    .isEqualTo(16);
        } finally {
            api.upstream.behave(Upstream::echo);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "status_code_metrics, kong_http_requests_total",
        "bandwidth_metrics, kong_bandwidth_bytes",
        "latency_metrics, kong_request_latency_ms_count",
        "latency_metrics, kong_kong_latency_ms_count",
        "latency_metrics, kong_upstream_latency_ms_count"
    })
    void aMetricIsExportedOnlyWithItsField(String flag, String metric) {
        Set<String> all = Set.of(
                REQUESTS,
                BYTES,
                "kong_request_latency_ms_count",
                "kong_kong_latency_ms_count",
                "kong_upstream_latency_ms_count");
        String path = api.protectedBy("prometheus", with(flag));
        api.gatehouse.get(path).isStatus(200);

        await().atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(scrape().find(metric, "route", name(path))).isNotEmpty());
        Scrape scrape = scrape();
        if (!flag.equals("latency_metrics")) {
            assertThat(all.stream().filter(each -> !scrape.find(each).isEmpty()))
                    .containsExactly(metric);
        } else {
            assertThat(scrape.find(REQUESTS)).isEmpty();
            assertThat(scrape.find(BYTES)).isEmpty();
        }
    }

    @Test
    void theConsumerIsALabelOnlyIfThePluginWantsIt() {
        String path = api.protectedBy("key-auth", new JsonObject());
        api.add(path, "prometheus", with("per_consumer", "status_code_metrics", "bandwidth_metrics"));
        String consumer = api.consumer();
        api.getWithKey(path, api.key(consumer)).isStatus(200);
        api.gatehouse.get(path).isStatus(401);

        awaitSum(1, REQUESTS, "route", name(path), "consumer", consumer, "code", "200");
        awaitSum(1, REQUESTS, "route", name(path), "consumer", "", "code", "401");
        assertThat(scrape().sum(BYTES, "route", name(path), "consumer", consumer, "direction", "egress"))
                .isPositive();
    }

    @Test
    void bytesOfBodiesAreCountedInBothDirections() {
        String path = api.protectedBy("prometheus", with("bandwidth_metrics"));
        int sent = Http.send(Http.json("POST", api.gatehouse.proxyUrl(path), "{\"a\":1}"))
                .isStatus(200)
                .text()
                .length();

        awaitSum(7, BYTES, "route", name(path), "direction", "ingress");
        awaitSum(sent, BYTES, "route", name(path), "direction", "egress");
    }

    @Test
    void latenciesHaveKongsBuckets() {
        String path = api.protectedBy("prometheus", with("latency_metrics"));
        api.gatehouse.get(path).isStatus(200);

        String route = name(path);
        awaitSum(1, "kong_request_latency_ms_count", "route", route);
        Scrape scrape = scrape();
        assertThat(scrape.find("kong_kong_latency_ms_bucket", "route", route)).hasSize(18);
        assertThat(scrape.find("kong_kong_latency_ms_bucket", "route", route, "le", "1.0"))
                .hasSize(1);
        for (String metric : List.of("kong_upstream_latency_ms", "kong_request_latency_ms")) {
            assertThat(scrape.find(metric + "_bucket", "route", route)).hasSize(14);
            assertThat(scrape.sum(metric + "_bucket", "route", route, "le", "60000.0"))
                    .isEqualTo(1);
            assertThat(scrape.sum(metric + "_sum", "route", route)).isPositive();
        }
    }

    @Test
    void theSeriesOfARemovedRouteEndAndThoseOfOthersStay() {
        api.gatehouse.create(
                "/plugins",
                new JsonObject()
                        .put("name", "prometheus")
                        .put("config", with("status_code_metrics", "latency_metrics")));
        String removed = api.open();
        String kept = api.open();
        api.gatehouse.get(removed).isStatus(200);
        api.gatehouse.get(kept).isStatus(200);
        awaitSum(1, REQUESTS, "route", name(removed));
        awaitSum(1, REQUESTS, "route", name(kept));

        api.gatehouse.admin("DELETE", "/routes/" + name(removed)).isStatus(204);

        assertThat(scrape().find(REQUESTS, "route", name(removed))).isEmpty();
        assertThat(scrape().find("kong_request_latency_ms_count", "route", name(removed)))
                .isEmpty();
        assertThat(scrape().sum(REQUESTS, "route", name(kept))).isEqualTo(1);
    }

    @Test
    void aRequestWithoutARouteIsNotCounted() {
        api.gatehouse.create(
                "/plugins", new JsonObject().put("name", "prometheus").put("config", with("status_code_metrics")));
        String path = api.open();
        api.gatehouse.get("/no-such-route").isStatus(404);
        api.gatehouse.get(path).isStatus(200);

        awaitSum(1, REQUESTS, "route", name(path));
        assertThat(scrape().find(REQUESTS, "code", "404")).isEmpty();
    }

    @Test
    void nothingIsExportedWithoutAnEnabledPlugin() {
        assertThat(scrape().toString()).doesNotContain("kong_");
        String path = api.open();
        JsonObject plugin = api.add(path, "prometheus", with("status_code_metrics", "upstream_health_metrics"));
        api.gatehouse.get(path).isStatus(200);
        awaitSum(1, REQUESTS, "route", name(path));

        api.gatehouse
                .admin("PATCH", "/plugins/" + plugin.getString("id"), new JsonObject().put("enabled", false))
                .isStatus(200);

        assertThat(scrape().toString()).doesNotContain("kong_");
    }

    @Test
    void theNodeIsDescribedByAnyPlugin() {
        api.protectedBy("prometheus", new JsonObject());
        String node = api.gatehouse.admin("GET", "/").json().getString("node_id");

        Scrape scrape = scrape();
        assertThat(scrape.sum("kong_node_info", "node_id", node)).isEqualTo(1);
        assertThat(scrape.sum("kong_datastore_reachable")).isEqualTo(1);
        assertThat(scrape.find("kong_nginx_requests_total", "node_id", node, "subsystem", "http"))
                .hasSize(1);
        for (String state : List.of("accepted", "handled", "active", "total")) {
            assertThat(scrape.find("kong_nginx_connections_total", "state", state, "subsystem", "http"))
                    .as(state)
                    .hasSize(1);
        }
    }

    @Test
    void theHealthOfTargetsIsExportedIfOnePluginWantsIt() {
        String target = "127.0.0.1:" + api.upstream.port();
        api.gatehouse.create("/upstreams", new JsonObject().put("name", "pool"));
        api.gatehouse.create("/upstreams/pool/targets", new JsonObject().put("target", target));
        api.protectedBy("prometheus", new JsonObject());
        assertThat(scrape().find("kong_upstream_target_health")).isEmpty();

        api.protectedBy("prometheus", with("upstream_health_metrics"));

        assertThat(scrape().find("kong_upstream_target_health", "upstream", "pool", "target", target))
                .hasSize(4);
        assertThat(scrape().sum("kong_upstream_target_health", "upstream", "pool", "state", "healthchecks_off"))
                .isEqualTo(1);
    }

    @Test
    void theNamesOfTheNodePrecedeThoseOfThePlugin() {
        try (PluginApi named = new PluginApi(
                Gatehouse.start(Gatehouse.withKongNames(Gatehouse.config(TestDatabase.create(), List.of()))))) {
            String path = named.protectedBy(
                    "prometheus",
                    with("status_code_metrics", "latency_metrics", "bandwidth_metrics", "upstream_health_metrics"));
            named.gatehouse.get(path).isStatus(200);

            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(Scrape.of(named.gatehouse).sum(REQUESTS, "route", name(path)))
                            .isEqualTo(1));
        }
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("prometheus", new JsonObject());
    }
}
