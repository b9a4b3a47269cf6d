package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Collections;
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

    /** Returns the violation of a field of the config. */
    private static Object violation(String plugin, String field, Object value) {
        return api.gatehouse
                .admin(
                        "POST",
                        "/services" + api.open() + "/plugins",
                        new JsonObject().put("name", plugin).put("config", new JsonObject().put(field, value)))
                .isStatus(400)
                .json()
                .getJsonObject("fields")
                .getJsonObject("config")
                .getValue(field);
    }

    private static JsonObject rateMissing() {
        return new JsonObject()
                .put("@entity", new JsonArray().add("failed conditional validation given value of field 'stat_type'"))
                .put("sample_rate", "required field missing");
    }

    @Test
    void theConfigurationOfStatsdIsChecked() {
        JsonObject noRate = new JsonObject().put("name", "latency").put("stat_type", "gauge");
        assertThat(violation("statsd", "metrics", metrics(metric("latency", "timer"), noRate)))
                .isEqualTo(new JsonArray().addNull().add(rateMissing()));
        assertThat(violation("statsd", "tag_style", "none"))
                .isEqualTo("expected one of: dogstatsd, influxdb, librato, signalfx");
        assertThat(violation("statsd", "udp_packet_size", 65_508)).isEqualTo("value should be between 0 and 65507");
        assertThat(violation("statsd", "allow_status_codes", new JsonArray().add("2xx")))
                .isEqualTo(new JsonArray().add("invalid value: 2xx"));
        JsonArray tooMany = new JsonArray();
        for (int i = 0; i <= 100; i++) {
            tooMany.add(metric("latency", "timer"));
        }
        assertThat(violation("statsd", "metrics", tooMany)).isEqualTo("length must be at most 100");
    }

    @Test
    void theConfigurationOfDatadogIsChecked() {
        JsonObject noRate = new JsonObject().put("name", "latency").put("stat_type", "counter");
        assertThat(violation("datadog", "metrics", metrics(noRate))).isEqualTo(new JsonArray().add(rateMissing()));
        for (String name : List.of("status_count", "unique_users")) {
            assertThat(violation("datadog", "metrics", metrics(metric(name, "timer"))))
                    .isEqualTo(new JsonArray()
                            .add(new JsonObject()
                                    .put(
                                            "name",
                                            "expected one of: kong_latency, latency, request_count, request_size,"
                                                    + " response_size, upstream_latency")));
        }
        assertThat(violation(
                        "datadog", "metrics", metrics(metric("latency", "timer").put("sample_rate", 2))))
                .isEqualTo(new JsonArray().add(new JsonObject().put("sample_rate", "value should be between 0 and 1")));
        JsonArray tooMany = new JsonArray(Collections.nCopies(101, "tag:value"));
        assertThat(violation(
                        "datadog", "metrics", metrics(metric("latency", "timer").put("tags", tooMany))))
                .isEqualTo(new JsonArray().add(new JsonObject().put("tags", "length must be at most 100")));
        assertThat(violation(
                        "datadog",
                        "metrics",
                        metrics(metric("latency", "timer").put("tags", new JsonArray().add("T1:")))))
                .isEqualTo(
                        new JsonArray().add(new JsonObject().put("tags", new JsonArray().add("invalid value: T1:"))));
    }
}
