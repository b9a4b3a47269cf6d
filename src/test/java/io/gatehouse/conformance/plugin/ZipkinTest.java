package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the spans of the zipkin plugin against Kong 3.10. */
class ZipkinTest {
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
    void aSampledRequestHasThreeSpans() {
        String path = api.protectedBy("zipkin", collector.zipkin());
        api.gatehouse
                .get(path + "/a?secret=1", "b3", SAMPLED, "Zipkin-Tags", "color=red; kong.consumer=x; bad")
                .isStatus(200);

        Map<String, JsonObject> spans = collector.nextSpans();
        assertThat(spans).containsOnlyKeys("GET", "GET (proxy)", "GET (balancer try 1)");
        JsonObject request = spans.get("GET");
        JsonObject proxy = spans.get("GET (proxy)");
        JsonObject attempt = spans.get("GET (balancer try 1)");
        assertThat(spans.values()).allSatisfy(span -> {
            assertThat(span.getString("traceId")).isEqualTo(TRACE);
            assertThat(span.getLong("duration")).isPositive();
            assertThat(span.getJsonObject("localEndpoint").getString("serviceName"))
                    .isEqualTo("kong");
        });
        assertThat(request.getString("kind")).isEqualTo("SERVER");
        assertThat(request.getString("id")).isEqualTo(SPAN);
        assertThat(request.getString("parentId")).isNull();
        assertThat(proxy.getString("kind")).isEqualTo("CLIENT");
        assertThat(proxy.getString("parentId")).isEqualTo(SPAN);
        assertThat(attempt.getString("parentId")).isEqualTo(SPAN);

        JsonObject tags = request.getJsonObject("tags");
        assertThat(tags.getString("lc")).isEqualTo("kong");
        assertThat(tags.getString("http.method")).isEqualTo("GET");
        assertThat(tags.getString("http.path")).isEqualTo(path + "/a");
        assertThat(tags.getString("http.host")).isEqualTo("127.0.0.1");
        assertThat(tags.getString("http.protocol")).isEqualTo("HTTP/1.1");
        assertThat(tags.getString("http.status_code")).isEqualTo("200");
        assertThat(tags.getString("kong.node.id")).isNotEmpty();
        assertThat(tags.getString("color")).isEqualTo("red");
        assertThat(tags.getString("kong.consumer")).isNull();
        assertThat(request.getJsonObject("remoteEndpoint").getInteger("port")).isPositive();
        assertThat(request.getJsonArray("annotations")).hasSize(2);

        assertThat(proxy.getJsonObject("tags").getString("peer.hostname")).isEqualTo("127.0.0.1");
        assertThat(proxy.getJsonObject("tags").getString("kong.service_name")).isEqualTo(path.substring(1));
        assertThat(proxy.getJsonObject("tags").getString("kong.route")).isNotEmpty();
        assertThat(proxy.getJsonObject("remoteEndpoint").getString("serviceName"))
                .isEqualTo(path.substring(1));
        assertThat(proxy.getJsonObject("remoteEndpoint").getInteger("port")).isEqualTo(api.upstream.port());
        assertThat(proxy.getJsonArray("annotations")).hasSize(6);
        assertThat(attempt.getJsonObject("tags").getString("kong.balancer.try")).isEqualTo("1");
        assertThat(spans.toString()).doesNotContain("secret");
    }

    @Test
    void theUpstreamReceivesTheSpanOfTheProxyAsItsParent() {
        String path = api.protectedBy("zipkin", collector.zipkin());
        Reply reply = api.gatehouse.get(path, "traceparent", "00-" + TRACE + "-" + SPAN + "-01");

        Map<String, JsonObject> spans = collector.nextSpans();
        assertThat(reply.upstreamHeader("traceparent"))
                .isEqualTo("00-" + TRACE + "-" + spans.get("GET (proxy)").getString("id") + "-01");
        // W3C names the span of the caller, which the gateway does not share.
        assertThat(spans.get("GET").getString("parentId")).isEqualTo(SPAN);
        assertThat(spans.get("GET").getString("id")).isNotEqualTo(SPAN);
    }

    @Test
    void optionsDetermineNamesAndTags() {
        String path = api.protectedBy(
                "zipkin",
                collector
                        .zipkin()
                        .put("sample_ratio", 1)
                        .put("http_span_name", "method_path")
                        .put("phase_duration_flavor", "tags")
                        .put("local_service_name", "edge")
                        .put("traceid_byte_count", 8)
                        .put("http_response_header_for_traceid", "X-Trace")
                        .put("tags_header", "X-Tags")
                        .put("static_tags", List.of(Map.of("name", "zone", "value", "a"))));

        Reply reply = api.gatehouse.get(path, "X-Tags", "zone=b;size=1").isStatus(200);

        Map<String, JsonObject> spans = collector.nextSpans();
        JsonObject request = spans.get("GET " + path);
        assertThat(request.getString("traceId")).hasSize(16).isEqualTo(reply.header("x-trace"));
        assertThat(request.getJsonObject("localEndpoint").getString("serviceName"))
                .isEqualTo("edge");
        assertThat(request.getJsonArray("annotations")).isNull();
        assertThat(request.getJsonObject("tags").getString("zone")).isEqualTo("a");
        assertThat(request.getJsonObject("tags").getString("size")).isEqualTo("1");
        assertThat(spans.get("GET " + path + " (proxy)").getJsonObject("tags").getString("kong.access.duration_ms"))
                .matches("[0-9]+");
    }

    @Test
    void theCallersDecisionPrecedesTheRatio() {
        String path = api.protectedBy("zipkin", collector.zipkin().put("sample_ratio", 1));
        Reply unsampled =
                api.gatehouse.get(path, "b3", TRACE + "-" + SPAN + "-0").isStatus(200);
        api.gatehouse.get(path).isStatus(200);

        assertThat(unsampled.upstreamHeader("b3")).contains("-0-");
        assertThat(collector.nextSpans().values())
                .noneMatch(span -> span.getString("traceId").equals(TRACE));
        assertThat(collector.hasNext()).isFalse();
    }

    @Test
    void aRejectedRequestHasTheConsumerAndTwoSpans() {
        String path = api.protectedBy(
                "zipkin",
                collector
                        .zipkin()
                        .put("queue", new JsonObject().put("max_batch_size", 2).put("max_coalescing_delay", 3_600)));
        api.add(path, "key-auth", new JsonObject());
        api.add(path, "request-termination", new JsonObject().put("status_code", 418));
        JsonObject key = api.key(api.consumer());

        api.gatehouse.get(path, "b3", SAMPLED, "apikey", key.getString("key")).isStatus(418);

        Map<String, JsonObject> spans = collector.nextSpans();
        assertThat(spans).containsOnlyKeys("GET", "GET (proxy)");
        JsonObject tags = spans.get("GET").getJsonObject("tags");
        assertThat(tags.getString("http.status_code")).isEqualTo("418");
        assertThat(tags.getString("kong.consumer"))
                .isEqualTo(key.getJsonObject("consumer").getString("id"));
        assertThat(tags.getString("kong.credential")).isEqualTo(key.getString("id"));
    }

    @Test
    void textsOfClientsAreCut() {
        String path = api.protectedBy("zipkin", collector.zipkin().put("http_span_name", "method_path"));
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            tags.add("t" + i + "=v");
        }
        api.gatehouse
                .get(path + "/" + "a".repeat(3_000), "b3", SAMPLED, "Zipkin-Tags", String.join(";", tags))
                .isStatus(200);

        JsonArray batch = new JsonArray(collector.next());
        assertThat(batch)
                .allSatisfy(span ->
                        assertThat(((JsonObject) span).getString("name")).hasSize(1_024));
        JsonObject request = batch.getJsonObject(2).getJsonObject("tags");
        assertThat(request.getString("http.path")).hasSize(1_024);
        assertThat(request.fieldNames().stream().filter(tag -> tag.matches("t[0-9]+")))
                .hasSize(32);
    }

    @Test
    void theLogMessageHasTheTraceIdInEachFormat() {
        String path = api.protectedBy("zipkin", new JsonObject().put("header_type", "datadog"));
        api.add(path, "http-log", collector.httpLog(new JsonObject()));

        api.gatehouse.get(path, "b3", TRACE + "-" + SPAN + "-0").isStatus(200);

        assertThat(new JsonObject(collector.next()).getJsonObject("trace_id"))
                .isEqualTo(new JsonObject().put("b3", TRACE).put("datadog", "9532127138774266268"));
    }

    @Test
    void aFailedAttemptIsASpanWithAnError() {
        api.gatehouse.create("/upstreams", new JsonObject().put("name", "zipkin.test"));
        for (String target : List.of("127.0.0.1:1", "127.0.0.1:" + api.upstream.port())) {
            api.gatehouse.create("/upstreams/zipkin.test/targets", new JsonObject().put("target", target));
        }
        api.gatehouse.create("/services", new JsonObject().put("name", "tries").put("host", "zipkin.test"));
        api.gatehouse.create("/services/tries/routes", new JsonObject().put("paths", List.of("/tries")));
        api.add("/tries", "zipkin", collector.zipkin().put("queue", new JsonObject().put("max_coalescing_delay", 0)));

        await().atMost(LogServer.LIMIT).until(() -> {
            api.gatehouse.get("/tries", "b3", SAMPLED).isStatus(200);
            return spansUntilTheRequest().containsKey("GET (balancer try 2)");
        });
    }

    /** Returns the spans of a request that are sent one by one, the request's own last. */
    private static Map<String, JsonObject> spansUntilTheRequest() {
        Map<String, JsonObject> spans = new LinkedHashMap<>();
        while (!spans.containsKey("GET")) {
            JsonObject span = new JsonArray(collector.next()).getJsonObject(0);
            spans.put(span.getString("name"), span);
        }
        if (spans.containsKey("GET (balancer try 2)")) {
            JsonObject failed = spans.get("GET (balancer try 1)").getJsonObject("tags");
            assertThat(failed.getString("error")).isEqualTo("true");
            assertThat(failed.getString("kong.balancer.state")).isEqualTo("next");
            assertThat(failed.getString("http.status_code")).isEqualTo("502");
        }
        return spans;
    }
}
