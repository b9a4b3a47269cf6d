package io.gatehouse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the configurations of the plugins that send metrics against Kong 3.10. */
class MetricConfigurationTest {
    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static JsonObject metric(String name, String type) {
        return new JsonObject().put("name", name).put("stat_type", type).put("sample_rate", 1);
    }

    private static JsonArray metrics(JsonObject... metrics) {
        return new JsonArray(Arrays.asList(metrics));
    }

    private static JsonObject only(JsonObject config, JsonObject metric) {
        return config.put("metrics", new JsonArray().add(metric));
    }

    @Test
    void theConfigurationOfStatsdIsChecked() {
        JsonObject noRate = new JsonObject().put("name", "latency").put("stat_type", "gauge");
        String text = api.gatehouse
                .admin(
                        "POST",
                        "/services" + api.open() + "/plugins",
                        new JsonObject()
                                .put("name", "statsd")
                                .put("config", new JsonObject().put("metrics", metrics(noRate))))
                .isStatus(400)
                .json()
                .getJsonObject("fields")
                .getJsonObject("config")
                .getJsonArray("metrics")
                .getJsonObject(0)
                .encode();
        assertThat(new JsonObject(text))
                .isEqualTo(new JsonObject()
                        .put(
                                "@entity",
                                new JsonArray().add("failed conditional validation given value of field 'stat_type'"))
                        .put("sample_rate", "required field missing"));
        api.assertRefused(
                "statsd",
                new JsonObject().put("tag_style", "none"),
                "config.tag_style: expected one of: dogstatsd, influxdb, librato, signalfx");
        api.assertRefused(
                "statsd",
                new JsonObject().put("udp_packet_size", 65_508),
                "config.udp_packet_size: value should be between 0 and 65507");
        JsonArray tooMany = new JsonArray();
        for (int i = 0; i <= 100; i++) {
            tooMany.add(metric("latency", "timer"));
        }
        for (JsonObject config : List.of(
                new JsonObject().put("allow_status_codes", new JsonArray().add("2xx")),
                new JsonObject().put("metrics", tooMany))) {
            api.gatehouse
                    .admin(
                            "POST",
                            "/services" + api.open() + "/plugins",
                            new JsonObject().put("name", "statsd").put("config", config))
                    .isStatus(400);
        }
    }

    @Test
    void theConfigurationOfDatadogIsChecked() {
        for (String metric : List.of("status_count", "unique_users")) {
            api.gatehouse
                    .admin(
                            "POST",
                            "/services" + api.open() + "/plugins",
                            new JsonObject()
                                    .put("name", "datadog")
                                    .put(
                                            "config",
                                            only(
                                                    new JsonObject(),
                                                    new JsonObject()
                                                            .put("name", metric)
                                                            .put("stat_type", "timer"))))
                    .isStatus(400);
        }
        for (JsonObject metric : List.of(
                new JsonObject().put("name", "latency").put("stat_type", "counter"),
                new JsonObject()
                        .put("name", "latency")
                        .put("stat_type", "timer")
                        .put("sample_rate", 2),
                new JsonObject()
                        .put("name", "latency")
                        .put("stat_type", "timer")
                        .put("tags", new JsonArray().add("T1:")))) {
            api.gatehouse
                    .admin(
                            "POST",
                            "/services" + api.open() + "/plugins",
                            new JsonObject().put("name", "datadog").put("config", only(new JsonObject(), metric)))
                    .isStatus(400);
        }
    }
}
