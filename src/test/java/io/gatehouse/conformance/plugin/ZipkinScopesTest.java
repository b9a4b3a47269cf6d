package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.entity.plugin.field.ZipkinTags;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the collectors, scopes and configurations of the zipkin plugin. */
class ZipkinScopesTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final String SAMPLED = TRACE + "-" + SPAN + "-1";

    private static PluginApi api;
    private static LogServer collector;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        collector = new LogServer(api.upstream.vertx());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @AfterEach
    void clear() {
        collector.clear();
    }

    @Test
    void aCollectorThatCannotBeReachedHoldsUpNoRequest() {
        String path = api.protectedBy(
                "zipkin", collector.zipkin().put("sample_ratio", 1).put("http_endpoint", "http://127.0.0.1:1/"));
        for (int i = 0; i < 20; i++) {
            api.gatehouse.get(path).isStatus(200);
        }
    }

    @Test
    void aPortThatDoesNotExistHoldsUpNoRequest() {
        String path = api.protectedBy(
                "zipkin", collector.zipkin().put("sample_ratio", 1).put("http_endpoint", "http://127.0.0.1:99999/"));
        api.gatehouse.get(path).isStatus(200);
        // The configuration after it is served, too.
        api.gatehouse.get(api.open()).isStatus(200);
    }

    @Test
    void thePluginOfAConsumerSendsTheSpansOfItsRequests() {
        String path = api.protectedBy("key-auth", new JsonObject());
        JsonObject own = api.key(api.consumer());
        JsonObject others = api.key(api.consumer());
        api.gatehouse.create(
                "/services" + path + "/plugins",
                new JsonObject()
                        .put("name", "zipkin")
                        .put("consumer", own.getJsonObject("consumer"))
                        .put("config", collector.zipkin()));

        api.gatehouse.get(path, "b3", "1", "apikey", others.getString("key")).isStatus(200);
        api.gatehouse.get(path, "b3", SAMPLED, "apikey", own.getString("key")).isStatus(200);

        Map<String, JsonObject> spans = collector.nextSpans();
        assertThat(spans).hasSize(3);
        assertThat(spans.values())
                .allSatisfy(span -> assertThat(span.getString("traceId")).isEqualTo(TRACE));
        assertThat(collector.hasNext()).isFalse();
    }

    @Test
    void aGlobalPluginTracesRequestsWithoutARoute() {
        JsonObject global = api.gatehouse.create(
                "/plugins",
                new JsonObject()
                        .put("name", "zipkin")
                        .put("config", collector.zipkin().put("queue", new JsonObject().put("max_batch_size", 2))));
        try {
            api.gatehouse.get("/no-such-route", "b3", SAMPLED).isStatus(404);

            Map<String, JsonObject> spans = collector.nextSpans();
            assertThat(spans).containsOnlyKeys("GET", "GET (proxy)");
            assertThat(spans.get("GET").getString("id")).isEqualTo(SPAN);
            assertThat(spans.get("GET").getJsonObject("tags").getString("http.status_code"))
                    .isEqualTo("404");
        } finally {
            api.gatehouse.admin("DELETE", "/plugins/" + global.getString("id")).isStatus(204);
        }
    }

    @Test
    void theHostOfACollectorMayHaveAnUnderscore() {
        for (String url : List.of("http://otel_collector:9411/api/v2/spans", "http://user:pw@log_server")) {
            assertThat(api.add(api.open(), "zipkin", new JsonObject().put("http_endpoint", url))
                            .getJsonObject("config")
                            .getString("http_endpoint"))
                    .isEqualTo(url);
        }
    }

    @Test
    void invalidConfigurationsAreRefused() {
        for (String url : List.of("no", "http://:80/", "http://log_server:65536/")) {
            api.assertRefused(
                    "zipkin", new JsonObject().put("http_endpoint", url), "config.http_endpoint: missing host in url");
        }
        api.assertRefused(
                "zipkin",
                new JsonObject().put("sample_ratio", 2),
                "config.sample_ratio: value should be between 0 and 1");
        api.assertRefused(
                "zipkin",
                new JsonObject()
                        .put(
                                "static_tags",
                                List.of(Map.of("name", "a", "value", "1"), Map.of("name", "a", "value", "2"))),
                "config.static_tags: repeated tags are not allowed: a");
        api.assertRefused(
                "zipkin",
                new JsonObject().put("http_response_header_for_traceid", "Content-Length"),
                "config.http_response_header_for_traceid: header 'Content-Length' cannot carry an id");
        api.assertRefused(
                "zipkin",
                new JsonObject().put("propagation", new JsonObject().put("inject", List.of("b4"))),
                "config.propagation.inject.1: expected one of: preserve, w3c, b3, jaeger, ot, datadog, aws, gcp, b3-single");
    }

    @Test
    void noClientAndNoConfigurationSetsATagOfTheGateway() {
        String path = api.protectedBy("zipkin", collector.zipkin());
        String forged =
                ZipkinTags.OF_GATEWAY.stream().map(tag -> tag + "=forged").collect(Collectors.joining(";"));
        api.gatehouse.get(path, "b3", SAMPLED, "Zipkin-Tags", forged + ";own=1").isStatus(200);
        assertThat(collector.nextSpans().get("GET").getJsonObject("tags").encode())
                .contains("\"own\":\"1\"")
                .doesNotContain("forged");

        String excluded = String.join(", ", ZipkinTags.OF_GATEWAY);
        for (String tag : ZipkinTags.OF_GATEWAY) {
            api.assertRefused(
                    "zipkin",
                    new JsonObject().put("static_tags", List.of(Map.of("name", tag, "value", "forged"))),
                    "config.static_tags.1.name: must not be one of: " + excluded);
        }
    }
}
