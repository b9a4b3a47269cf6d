package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the trace headers that the zipkin plugin reads and writes against Kong 3.10. */
class TraceHeadersTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final String PARENT = "a1a2a3a4a5a6a7a8";
    private static final String HEX_SPAN = "[0-9a-f]{16}";

    private static PluginApi api;
    private static String preserved;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        preserved = traced(new JsonObject());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static String traced(JsonObject config) {
        return api.protectedBy("zipkin", config);
    }

    private static String propagating(JsonObject propagation) {
        return traced(new JsonObject().put("propagation", propagation.put("default_format", "b3")));
    }

    private static @Nullable String upstream(Reply reply, String name) {
        return reply.isStatus(200).upstreamHeader(name);
    }

    @ParameterizedTest
    @CsvSource({
        "b3, TRACE-SPAN-1-PARENT, TRACE-HEX-1-SPAN",
        "b3, TRACE-SPAN-d, TRACE-HEX-d-SPAN",
        "b3, 8448eb211c80319c-SPAN-0, 8448eb211c80319c-HEX-0-SPAN",
        "traceparent, 00-TRACE-SPAN-01, 00-TRACE-HEX-01",
        "traceparent, 00-TRACE-SPAN-00, 00-TRACE-HEX-00",
        "uber-trace-id, TRACE:SPAN:0:1, TRACE:HEX:SPAN:01",
        "uber-trace-id, 1c80319c:b7:0:0, 000000001c80319c:HEX:00000000000000b7:00",
        "x-amzn-trace-id, Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=SPAN;Sampled=1, Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=HEX;Sampled=1",
        "x-cloud-trace-context, TRACE/13235353014750950193;o=1, TRACE/[0-9]+;o=1",
    })
    void theFormatOfTheClientIsPreserved(String name, String sent, String expected) {
        Reply reply = api.gatehouse.get(
                preserved,
                name,
                sent.replace("TRACE", TRACE).replace("SPAN", SPAN).replace("PARENT", PARENT));

        assertThat(upstream(reply, name))
                .matches(expected.replace("TRACE", TRACE).replace("SPAN", SPAN).replace("HEX", HEX_SPAN));
        assertThat(reply.upstreamHeader("x-b3-traceid")).isNull();
    }

    @Test
    void theSeparateHeadersOfB3ArePreserved() {
        Reply reply = api.gatehouse.get(
                preserved,
                "X-B3-TraceId",
                TRACE,
                "X-B3-SpanId",
                SPAN,
                "X-B3-ParentSpanId",
                PARENT,
                "X-B3-Sampled",
                "1");

        assertThat(upstream(reply, "x-b3-traceid")).isEqualTo(TRACE);
        assertThat(reply.upstreamHeader("x-b3-spanid")).matches(HEX_SPAN).isNotEqualTo(SPAN);
        // B3 shares a span between the caller and the gateway.
        assertThat(reply.upstreamHeader("x-b3-parentspanid")).isEqualTo(SPAN);
        assertThat(reply.upstreamHeader("x-b3-sampled")).isEqualTo("1");
        assertThat(reply.upstreamHeader("traceparent")).isNull();
    }

    @Test
    void theHeadersOfOtAndDatadogArePreserved() {
        Reply ot = api.gatehouse.get(
                preserved, "ot-tracer-traceid", TRACE, "ot-tracer-spanid", SPAN, "ot-tracer-sampled", "true");
        assertThat(upstream(ot, "ot-tracer-traceid")).isEqualTo(TRACE);
        assertThat(ot.upstreamHeader("ot-tracer-spanid")).matches(HEX_SPAN).isNotEqualTo(SPAN);
        assertThat(ot.upstreamHeader("ot-tracer-sampled")).isEqualTo("1");

        Reply datadog = api.gatehouse.get(
                preserved,
                "x-datadog-trace-id",
                "9532127138774266268",
                "x-datadog-parent-id",
                "67667974448284343",
                "x-datadog-sampling-priority",
                "2");
        assertThat(upstream(datadog, "x-datadog-trace-id")).isEqualTo("9532127138774266268");
        assertThat(datadog.upstreamHeader("x-datadog-parent-id"))
                .matches("[0-9]+")
                .isNotEqualTo("67667974448284343");
        assertThat(datadog.upstreamHeader("x-datadog-sampling-priority")).isEqualTo("1");
    }

    @Test
    void aRequestWithoutATraceHasTheDefaultFormatAndItsOwnId() {
        Reply b3 = api.gatehouse.get(preserved);
        assertThat(upstream(b3, "x-b3-traceid")).isEqualTo(b3.header("x-kong-request-id"));
        assertThat(b3.upstreamHeader("traceparent")).isNull();

        Reply w3c = api.gatehouse.get(traced(new JsonObject().put("default_header_type", "w3c")));
        assertThat(upstream(w3c, "traceparent")).startsWith("00-" + w3c.header("x-kong-request-id") + "-");

        Reply jaeger = api.gatehouse.get(
                traced(new JsonObject().put("default_header_type", "jaeger").put("traceid_byte_count", 8)));
        assertThat(upstream(jaeger, "uber-trace-id")).startsWith("0000000000000000");
    }

    @Test
    void anOlderHeaderTypeAddsItsFormat() {
        Reply both = api.gatehouse.get(traced(new JsonObject().put("header_type", "w3c")), "b3", TRACE + "-" + SPAN);
        assertThat(upstream(both, "b3")).startsWith(TRACE + "-");
        assertThat(both.upstreamHeader("traceparent")).startsWith("00-" + TRACE + "-");

        Reply ignored =
                api.gatehouse.get(traced(new JsonObject().put("header_type", "ignore")), "b3", TRACE + "-" + SPAN);
        assertThat(upstream(ignored, "x-b3-traceid")).isEqualTo(ignored.header("x-kong-request-id"));
    }

    @Test
    void propagationReplacesTheHeaderType() {
        String path = propagating(new JsonObject()
                .put("extract", List.of("w3c", "b3"))
                .put("clear", List.of("traceparent", "b3"))
                .put("inject", List.of("datadog", "b3-single")));

        Reply reply = api.gatehouse.get(
                path, "traceparent", "00-" + TRACE + "-" + SPAN + "-01", "b3", "0", "tracestate", "vendor=1");

        assertThat(upstream(reply, "b3")).matches(TRACE + "-" + HEX_SPAN + "-1-" + HEX_SPAN);
        assertThat(reply.upstreamHeader("x-datadog-trace-id")).isEqualTo("9532127138774266268");
        assertThat(reply.upstreamHeader("traceparent")).isNull();
        assertThat(reply.upstreamHeader("tracestate")).isNull();
    }

    @Test
    void theClientsTraceparentPassesWithItsStateIfThePluginWritesNone() {
        String parent = "00-" + TRACE + "-" + SPAN + "-01";
        String path = propagating(new JsonObject().put("inject", List.of("b3")));

        Reply reply = api.gatehouse.get(path, "traceparent", parent, "tracestate", "vendor=1");

        assertThat(upstream(reply, "traceparent")).isEqualTo(parent);
        assertThat(reply.upstreamHeader("tracestate")).isEqualTo("vendor=1");
        // Nothing is extracted.
        assertThat(reply.upstreamHeader("x-b3-traceid")).isEqualTo(reply.header("x-kong-request-id"));
    }

    @Test
    void aStateIsDroppedIfThePluginWritesAnotherTrace() {
        String path = propagating(new JsonObject().put("inject", List.of("w3c")));

        Reply reply =
                api.gatehouse.get(path, "traceparent", "00-" + TRACE + "-" + SPAN + "-01", "tracestate", "vendor=1");

        assertThat(upstream(reply, "traceparent")).startsWith("00-" + reply.header("x-kong-request-id"));
        assertThat(reply.upstreamHeader("tracestate")).isNull();
        Reply kept = api.gatehouse.get(
                preserved, "traceparent", "00-" + TRACE + "-" + SPAN + "-01", "tracestate", "vendor=1");
        assertThat(upstream(kept, "tracestate")).isEqualTo("vendor=1");
    }

    @Test
    void baggageIsPassedInTheOtherFormatUpToItsLimit() {
        String path =
                propagating(new JsonObject().put("extract", List.of("jaeger")).put("inject", List.of("ot")));
        List<String> headers = new ArrayList<>(List.of("uber-trace-id", TRACE + ":" + SPAN + ":0:1"));
        for (int i = 0; i < 40; i++) {
            headers.addAll(List.of("uberctx-key-" + i, "v" + i));
        }
        headers.addAll(List.of("uberctx-long", "x".repeat(300)));

        Reply reply = api.gatehouse.get(path, headers.toArray(String[]::new)).isStatus(200);

        assertThat(reply.upstreamHeader("ot-tracer-traceid")).isEqualTo(TRACE);
        assertThat(reply.json().getJsonObject("headers").fieldNames().stream()
                        .filter(name -> name.startsWith("ot-baggage-key-")))
                .hasSize(32);
        assertThat(reply.upstreamHeader("ot-baggage-long")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "b3: zz",
                "b3: 00000000000000000000000000000000-0000000000000000-1",
                "b3: 0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-1",
                "b3: 0af7651916cd43dd8448eb211c80319c0-b7ad6b7169203331-1",
                "X-B3-TraceId: 123",
                "X-B3-SpanId: b7ad6b7169203331",
                "X-B3-Sampled: maybe",
                "traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "traceparent: ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "traceparent: LONG",
                "tracestate: b3=LONG",
                "tracestate: LONG",
                "uber-trace-id: 1:2:3",
                "uber-trace-id: 0:0:0:0",
                "uber-trace-id: LONG:1:1:1",
                "ot-tracer-traceid: xyz",
                "x-datadog-trace-id: 99999999999999999999999999999999999999999999",
                "x-datadog-trace-id: -1",
                "x-datadog-sampling-priority: 17",
                "x-amzn-trace-id: ;;;===;Root",
                "x-amzn-trace-id: Root=1-0af76519-16cd43dd;Parent=;Sampled=x",
                "x-amzn-trace-id: LONG",
                "x-cloud-trace-context: 0af7651916cd43dd8448eb211c80319c/99999999999999999999;o=1",
                "x-cloud-trace-context: 0af7651916cd43dd8448eb211c80319c/0",
            })
    void aMalformedHeaderCountsAsAbsent(String header) {
        int colon = header.indexOf(':');
        Reply reply = api.gatehouse.get(
                preserved,
                header.substring(0, colon),
                header.substring(colon + 2).replace("LONG", "f".repeat(3_000)));

        assertThat(upstream(reply, "x-b3-traceid")).isEqualTo(reply.header("x-kong-request-id"));
    }

    @Test
    void aMalformedHeaderDoesNotHideAnotherFormat() {
        Reply reply = api.gatehouse.get(
                preserved, "b3", "zz", "traceparent", "00-" + TRACE + "-" + SPAN + "-01", "x-datadog-trace-id", "x");

        assertThat(upstream(reply, "traceparent")).startsWith("00-" + TRACE);
    }

    @Test
    void aHeaderThatIsSentTwiceCountsAsAbsent() {
        Reply reply = api.gatehouse.get(preserved, "b3", TRACE + "-" + SPAN, "b3", TRACE + "-" + SPAN);

        assertThat(upstream(reply, "x-b3-traceid")).isEqualTo(reply.header("x-kong-request-id"));
    }

    @Test
    void theFirstFormatOfContradictingHeadersCounts() {
        String other = "1af7651916cd43dd8448eb211c80319c";
        Reply reply = api.gatehouse.get(
                preserved,
                "uber-trace-id",
                other + ":" + SPAN + ":0:1",
                "traceparent",
                "00-" + TRACE + "-" + SPAN + "-00",
                "x-amzn-trace-id",
                "Root=1-1af76519-16cd43dd8448eb211c80319c;Sampled=1");

        assertThat(upstream(reply, "traceparent")).startsWith("00-" + TRACE).endsWith("-00");
        assertThat(reply.upstreamHeader("uber-trace-id")).startsWith(other + ":" + SPAN);
    }
}
