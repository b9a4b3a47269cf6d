package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the statsd plugin against Kong 3.10. */
class StatsdTest {
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

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

    private static JsonObject metric(String name, String type) {
        return new JsonObject().put("name", name).put("stat_type", type).put("sample_rate", 1);
    }

    private static JsonArray metrics(JsonObject... metrics) {
        return new JsonArray(Arrays.asList(metrics));
    }

    /** Creates a Consumer with a custom id and returns the headers of its requests. */
    private static String[] credential(String username, String customId) {
        api.gatehouse.create(
                "/consumers", new JsonObject().put("username", username).put("custom_id", customId));
        JsonObject key = api.gatehouse.create("/consumers/" + username + "/key-auth", new JsonObject());
        return new String[] {"apikey", key.getString("key")};
    }

    private static void assertLines(List<String> received, String... patterns) {
        assertThat(received).hasSize(patterns.length);
        for (String pattern : patterns) {
            assertThat(received).as(pattern).anyMatch(line -> line.matches(pattern));
        }
    }

    @Test
    void theDefaultMetricsAreThoseOfKong() {
        MetricServer server = server();
        String path = api.protectedBy("statsd", server.config());
        api.add(path, "key-auth", new JsonObject());
        api.gatehouse.get(path, credential("robert-1", "robert")).isStatus(200);
        String service = "kong\\.service\\." + path.substring(1) + "\\.";
        assertLines(
                server.next(12),
                service + "request\\.count:1\\|c",
                service + "latency:\\d+\\|ms",
                service + "request\\.size:0\\|c",
                service + "status\\.200:1\\|c",
                service + "response\\.size:\\d+\\|c",
                service + "user\\.uniques:robert\\|s",
                service + "user\\.robert\\.request\\.count:1\\|c",
                service + "upstream_latency:\\d+\\|ms",
                service + "kong_latency:\\d+\\|ms",
                service + "user\\.robert\\.status\\.200:1\\|c",
                service + "workspace\\." + UUID + "\\.status\\.200:1\\|c",
                "kong\\.route\\." + UUID + "\\.user\\.robert\\.status\\.200:1\\|c");
    }

    @Test
    void aRejectedRequestHasNoUpstreamLatencyAndNoConsumer() {
        MetricServer server = server();
        String path = api.protectedBy("statsd", server.config().put("prefix", "gw"));
        api.add(path, "key-auth", new JsonObject());
        api.gatehouse.get(path).isStatus(401);
        String service = "gw\\.service\\." + path.substring(1) + "\\.";
        assertLines(
                server.next(7),
                service + "request\\.count:1\\|c",
                service + "latency:\\d+\\|ms",
                service + "request\\.size:0\\|c",
                service + "status\\.401:1\\|c",
                service + "response\\.size:\\d+\\|c",
                service + "kong_latency:\\d+\\|ms",
                service + "workspace\\." + UUID + "\\.status\\.401:1\\|c");
    }

    @Test
    void aGlobalPluginCountsRequestsWithoutARoute() {
        MetricServer server = server();
        JsonObject plugin = api.gatehouse.create(
                "/plugins",
                new JsonObject()
                        .put("name", "statsd")
                        .put("config", server.config().put("metrics", metrics(metric("request_count", "counter")))));
        api.gatehouse.get("/no-such-route").isStatus(404);
        assertThat(server.next()).isEqualTo("kong.global.unmatched.request.count:1|c");
        api.gatehouse.admin("DELETE", "/plugins/" + plugin.getString("id")).isStatus(204);
    }

    @Test
    void identifiersSelectTheNames() {
        MetricServer server = server();
        String path = api.protectedBy(
                "statsd",
                server.config()
                        .put("service_identifier_default", "service_host")
                        .put("consumer_identifier_default", "username")
                        .put("workspace_identifier_default", "workspace_name")
                        .put(
                                "metrics",
                                metrics(
                                        metric("request_size", "gauge").put("sample_rate", 0.5),
                                        metric("latency", "histogram").put("service_identifier", "service_id"),
                                        metric("request_per_user", "counter"),
                                        metric("unique_users", "set").put("consumer_identifier", "consumer_id"),
                                        metric("status_count_per_workspace", "counter"),
                                        metric("shdict_usage", "gauge"))));
        api.add(path, "key-auth", new JsonObject());
        api.gatehouse.get(path, credential("alice-2", "custom-2")).isStatus(200);
        String host = "kong\\.service\\.127_0_0_1\\.";
        assertLines(
                server.next(5),
                host + "request\\.size:0\\|g\\|@0\\.5",
                "kong\\.service\\." + UUID + "\\.latency:\\d+\\|h",
                host + "user\\.alice-2\\.request\\.count:1\\|c",
                host + "user\\.uniques:" + UUID + "\\|s",
                host + "workspace\\.default\\.status\\.200:1\\|c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "dogstatsd kong\\.request\\.count:1\\|c\\|#TAGS :",
                "influxdb kong\\.request\\.count,TAGS:1\\|c =",
                "librato kong\\.request\\.count#TAGS:1\\|c =",
                "signalfx kong\\.request\\.count\\[TAGS\\]:1\\|c =",
            })
    void aTagStyleMovesTheNamesToTags(String style, String pattern, String is) {
        MetricServer server = server();
        String path = api.protectedBy(
                "statsd",
                server.config()
                        .put("tag_style", style)
                        .put("hostname_in_prefix", true)
                        .put("workspace_identifier_default", "workspace_name")
                        .put(
                                "metrics",
                                metrics(metric("status_count", "counter"), metric("request_count", "counter"))));
        api.add(path, "key-auth", new JsonObject());
        api.gatehouse.get(path, credential("of-" + style, "id-" + style)).isStatus(200);
        String tags = String.join(
                ",",
                "service" + is + path.substring(1),
                "route" + is + "[^,]+",
                "workspace" + is + "default",
                "consumer" + is + "id-" + style,
                "node" + is + "[^.,]+",
                "status" + is + "200");
        assertThat(server.next()).matches(pattern.replace("TAGS", tags));
    }

    @Test
    void theNameOfTheHostCanBeInThePrefix() {
        MetricServer server = server();
        String path = api.protectedBy(
                "statsd",
                server.config()
                        .put("hostname_in_prefix", true)
                        .put("metrics", metrics(metric("request_count", "counter"))));
        api.gatehouse.get(path).isStatus(200);
        assertThat(server.next())
                .matches("kong\\.node\\.[^.:]+\\.service\\." + path.substring(1) + "\\.request\\.count:1\\|c");
    }

    @Test
    void onlyTheAllowedStatusesAreSent() {
        MetricServer server = server();
        String path = api.protectedBy(
                "statsd",
                server.config()
                        .put(
                                "allow_status_codes",
                                new JsonArray().add("200-299").add("401-401"))
                        .put("metrics", metrics(metric("status_count", "counter"))));
        api.gatehouse.get(path + "/status/500");
        api.gatehouse.get(path).isStatus(200);
        assertThat(server.next()).endsWith(".status.200:1|c");
    }

    @Test
    void linesAreCombinedUpToTheSizeOfAPacket() {
        MetricServer server = server();
        String path = api.protectedBy(
                "statsd",
                server.config()
                        .put("udp_packet_size", 120)
                        .put(
                                "metrics",
                                metrics(
                                        metric("request_count", "counter"),
                                        metric("status_count", "counter"),
                                        metric("request_size", "counter"),
                                        metric("kong_latency", "timer"))));
        api.gatehouse.get(path).isStatus(200);
        String first = server.next();
        String second = server.next();
        assertThat(first.length()).isLessThanOrEqualTo(120);
        assertThat(first.lines().count() + second.lines().count()).isEqualTo(4);
        assertThat(first.lines()).hasSizeGreaterThan(1).allMatch(line -> line.startsWith("kong.service."));
    }

    @Test
    void metricsCanBeSentOverTcp() {
        AtomicReference<String> received = new AtomicReference<>("");
        NetServer tcp = Gatehouse.await(api.upstream
                .vertx()
                .createNetServer()
                .connectHandler(
                        socket -> socket.handler(data -> received.accumulateAndGet(data.toString(), String::concat)))
                .listen(0, "127.0.0.1"));
        String path = api.protectedBy(
                "statsd",
                new JsonObject()
                        .put("host", "127.0.0.1")
                        .put("port", tcp.actualPort())
                        .put("use_tcp", true)
                        .put(
                                "metrics",
                                metrics(metric("request_count", "counter"), metric("status_count", "counter"))));
        api.gatehouse.get(path).isStatus(200);
        String service = "kong.service" + path.replace('/', '.');
        await().atMost(LogServer.LIMIT)
                .until(() -> received.get().equals(service + ".request.count:1|c\n" + service + ".status.200:1|c\n"));
    }

    @Test
    void aNameCannotAddAMetric() {
        MetricServer server = server();
        String path = api.protectedBy(
                "statsd",
                server.config()
                        .put("metrics", metrics(metric("request_per_user", "counter"), metric("unique_users", "set"))));
        api.add(path, "key-auth", new JsonObject());
        api.gatehouse
                .get(path, credential("mallory", "a:1|c kong.admin:9|g|#x,y=z[q] @b.c"))
                .isStatus(200);
        String consumer = "a_1_c_kong.admin_9_g__x_y_z_q__@b.c";
        String service = "kong.service" + path.replace('/', '.') + ".user.";
        assertThat(server.next(2))
                .containsExactlyInAnyOrder(
                        service + consumer + ".request.count:1|c", service + "uniques:" + consumer + "|s");
    }
}
