package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the datadog plugin against Kong 3.10. */
class DatadogTest {
    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static MetricServer server() {
        return new MetricServer(api.upstream.vertx());
    }

    private static JsonObject only(JsonObject config, JsonObject metric) {
        return config.put("metrics", new JsonArray().add(metric));
    }

    /** Adds key-auth and sends a request of a Consumer. */
    private static void request(String path, String username, String customId) {
        api.add(path, "key-auth", new JsonObject());
        api.gatehouse.create(
                "/consumers", new JsonObject().put("username", username).put("custom_id", customId));
        JsonObject key = api.gatehouse.create("/consumers/" + username + "/key-auth", new JsonObject());
        api.getWithKey(path, key).isStatus(200);
    }

    @Test
    void theDefaultMetricsAreThoseOfKong() {
        MetricServer server = server();
        String path = api.protectedBy("datadog", server.config());
        request(path, "bob-1", "id-1");
        String tags = "\\|#name:" + path.substring(1) + ",status:200,consumer:id-1,app:kong";
        List<String> received = server.next(6);
        for (String metric : List.of(
                "request\\.count:1\\|c",
                "latency:\\d+\\|ms",
                "request\\.size:0\\|ms",
                "response\\.size:\\d+\\|ms",
                "upstream_latency:\\d+\\|ms",
                "kong_latency:\\d+\\|ms")) {
            assertThat(received).as(metric).anyMatch(line -> line.matches("kong\\." + metric + tags));
        }
    }

    @Test
    void namesOfTagsAndTheirOrderAreConfigured() {
        MetricServer server = server();
        String path = api.protectedBy(
                "datadog",
                only(
                        server.config()
                                .put("prefix", "gw")
                                .put("service_name_tag", "api")
                                .put("status_tag", "code")
                                .put("consumer_tag", "who"),
                        new JsonObject()
                                .put("name", "request_count")
                                .put("stat_type", "distribution")
                                .put("sample_rate", 0.25)
                                .put("consumer_identifier", "consumer_id")
                                .put("tags", new JsonArray().add("T1:V1").add("T2"))));
        request(path, "bob-2", "id-2");
        assertThat(server.next())
                .matches("gw\\.request\\.count:1\\|d\\|@0\\.25\\|#api:" + path.substring(1)
                        + ",code:200,who:[0-9a-f]{8}(_[0-9a-f]{4}){3}_[0-9a-f]{12},T1:V1,T2");
    }

    @Test
    void aNameCannotAddAMetricOrATag() {
        MetricServer server = server();
        String path = api.protectedBy(
                "datadog",
                only(
                        server.config(),
                        new JsonObject()
                                .put("name", "request_count")
                                .put("stat_type", "counter")
                                .put("sample_rate", 1)
                                .put("consumer_identifier", "custom_id")
                                .put("tags", new JsonArray().add("a\nkong.x:1|c"))));
        request(path, "mallory-3", "m,status:500 kong.request.count:9|c");
        assertThat(server.next())
                .isEqualTo("kong.request.count:1|c|#name:" + path.substring(1)
                        + ",status:200,consumer:m_status_500_kong.request.count_9_c,a_kong.x:1_c");
    }

    @Test
    void aRequestThatWasNotForwardedHasNoUpstreamLatency() {
        MetricServer server = server();
        String path = api.protectedBy("datadog", server.config());
        api.add(path, "key-auth", new JsonObject());
        api.gatehouse.get(path).isStatus(401);
        assertThat(server.next(5))
                .noneMatch(line -> line.contains("upstream_latency"))
                .allMatch(line -> line.endsWith("|#name:" + path.substring(1) + ",status:401,app:kong"));
    }
}
