package io.gatehouse.observability;

import static io.gatehouse.testing.Spans.attribute;
import static io.gatehouse.testing.Spans.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the spans that a collector receives over OTLP. */
class OtlpTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "b7ad6b7169203331";

    private static final List<Span> SPANS = new CopyOnWriteArrayList<>();
    private static final List<String> RESOURCES = new CopyOnWriteArrayList<>();
    private static Upstream collector;
    private static Upstream upstream;
    private static Gatehouse gatehouse;

    @BeforeAll
    static void start() {
        collector = Upstream.start();
        collector.behave(request -> request.body().onSuccess(body -> {
            assertThat(request.path()).isEqualTo("/v1/traces");
            try {
                ExportTraceServiceRequest export = ExportTraceServiceRequest.parseFrom(body.getBytes());
                export.getResourceSpansList().forEach(resource -> {
                    RESOURCES.add(resource.getResource().toString());
                    resource.getScopeSpansList().forEach(scope -> SPANS.addAll(scope.getSpansList()));
                });
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
            request.response()
                    .putHeader("content-type", "application/x-protobuf")
                    .end();
        }));
        upstream = Upstream.start();
        gatehouse = Gatehouse.start(
                Gatehouse.config(TestDatabase.create(), List.of()),
                Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                        "http://127.0.0.1:" + collector.port(),
                        "OTEL_SERVICE_NAME",
                        "edge",
                        "OTEL_BSP_SCHEDULE_DELAY",
                        "50"));
        gatehouse.createApi("open", "/open", upstream.port());
        gatehouse.createApi("refused", "/refused", 1);
        gatehouse.createApi("guarded", "/guarded", upstream.port());
        gatehouse.protect("guarded", new JsonObject());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
        collector.close();
    }

    /** Returns the spans of a trace, after the request's own span, which ends last, is exported. */
    private static List<Span> spans(String traceId) {
        await().until(() -> SPANS.stream()
                .anyMatch(span ->
                        hex(span.getTraceId()).equals(traceId) && span.getKind() == Span.SpanKind.SPAN_KIND_SERVER));
        return SPANS.stream()
                .filter(span -> hex(span.getTraceId()).equals(traceId))
                .toList();
    }

    private static Span only(List<Span> spans, Span.SpanKind kind) {
        List<Span> found = spans.stream().filter(span -> span.getKind() == kind).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void aRequestIsASpanOfTheCallersTraceWithTheUpstreamCallAsChild() {
        Reply reply = gatehouse
                .get("/open?access_token=secret", "traceparent", "00-" + TRACE + "-" + CALLER + "-01")
                .isStatus(200);

        List<Span> spans = spans(TRACE);
        Span server = only(spans, Span.SpanKind.SPAN_KIND_SERVER);
        Span client = only(spans, Span.SpanKind.SPAN_KIND_CLIENT);
        assertThat(spans).hasSize(2);
        assertThat(hex(server.getParentSpanId())).isEqualTo(CALLER);
        assertThat(client.getParentSpanId()).isEqualTo(server.getSpanId());
        assertThat(reply.upstreamHeader("traceparent"))
                .isEqualTo("00-" + TRACE + "-" + hex(client.getSpanId()) + "-01");

        assertThat(server.getName()).isEqualTo("GET open");
        assertThat(attribute(server, "http.request.method")).isEqualTo("GET");
        assertThat(attribute(server, "http.response.status_code")).isEqualTo("200");
        assertThat(attribute(server, "url.path")).isEqualTo("/open");
        assertThat(attribute(server, "url.scheme")).isEqualTo("http");
        assertThat(attribute(server, "http.route")).isEqualTo("/open");
        assertThat(attribute(client, "url.full")).isEqualTo("http://127.0.0.1:" + upstream.port() + "/");
        assertThat(attribute(server, "gatehouse.route")).isEqualTo("open");
        assertThat(attribute(server, "gatehouse.request_id")).isEqualTo(reply.header("x-kong-request-id"));
        assertThat(attribute(client, "server.port")).isEqualTo(Integer.toString(upstream.port()));
        assertThat(attribute(client, "http.response.status_code")).isEqualTo("200");
        assertThat(spans.toString()).doesNotContain("secret");
        assertThat(RESOURCES).anySatisfy(resource -> assertThat(resource).contains("edge"));
    }

    @Test
    void aTraceThatStartsHereHasTheRequestId() {
        Reply reply = gatehouse.get("/open").isStatus(200);

        String id = reply.header("x-kong-request-id");
        Span server = only(spans(id), Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(server.getParentSpanId().isEmpty()).isTrue();
        assertThat(reply.upstreamHeader("traceparent")).startsWith("00-" + id + "-");
    }

    @Test
    void aTokenLookupIsAChildSpanAndACachedTokenIsNot() {
        String token = gatehouse.clientCredentialsToken("/guarded", gatehouse.register("alex", new JsonObject()));

        Reply first = gatehouse.getWithToken("/guarded", token).isStatus(200);
        Reply second = gatehouse.getWithToken("/guarded", token).isStatus(200);

        List<Span> spans = spans(first.header("x-kong-request-id"));
        Span server = only(spans, Span.SpanKind.SPAN_KIND_SERVER);
        Span lookup = only(spans, Span.SpanKind.SPAN_KIND_INTERNAL);
        assertThat(lookup.getName()).isEqualTo("token lookup");
        assertThat(lookup.getParentSpanId()).isEqualTo(server.getSpanId());
        assertThat(attribute(server, "gatehouse.consumer")).isEqualTo("alex");
        assertThat(spans(second.header("x-kong-request-id")))
                .noneMatch(span -> span.getKind() == Span.SpanKind.SPAN_KIND_INTERNAL);
    }

    @Test
    void aFailedRequestIsMarkedAsErrorAndARejectedRequestIsNot() {
        List<Span> failed = spans(gatehouse.get("/refused").isStatus(502).header("x-kong-request-id"));
        assertThat(only(failed, Span.SpanKind.SPAN_KIND_SERVER).getStatus().getCode())
                .isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(only(failed, Span.SpanKind.SPAN_KIND_CLIENT).getStatus().getCode())
                .isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);

        List<Span> refused = spans(gatehouse.get("/guarded").isStatus(401).header("x-kong-request-id"));
        Span server = only(refused, Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(refused).hasSize(1);
        assertThat(server.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
        assertThat(attribute(server, "gatehouse.fault")).isEqualTo("client");
    }

    @Test
    void theSpanOfTheUpstreamHasItsStatusAlsoIfTheGatewayReplacesTheResponse() {
        JsonObject limits = new JsonObject().put("video", new JsonObject().put("year", 1));
        gatehouse.createApi("limited", "/limited", upstream.port());
        gatehouse.create(
                "/services/limited/plugins",
                new JsonObject()
                        .put("name", "response-ratelimiting")
                        .put("config", new JsonObject().put("policy", "local").put("limits", limits)));
        upstream.behave(request -> {
            request.response().putHeader("X-Kong-Limit", "video=1");
            Upstream.echo(request);
        });
        try {
            gatehouse.get("/limited").isStatus(200);
            List<Span> replaced = spans(gatehouse.get("/limited").isStatus(429).header("x-kong-request-id"));
            assertThat(attribute(only(replaced, Span.SpanKind.SPAN_KIND_CLIENT), "http.response.status_code"))
                    .isEqualTo("200");
            assertThat(attribute(only(replaced, Span.SpanKind.SPAN_KIND_SERVER), "http.response.status_code"))
                    .isEqualTo("429");
        } finally {
            upstream.behave(Upstream::echo);
        }
    }

    @Test
    void attributesAreCutTo1024Characters() {
        List<Span> spans =
                spans(gatehouse.get("/open/" + "a".repeat(2_000)).isStatus(200).header("x-kong-request-id"));

        assertThat(attribute(only(spans, Span.SpanKind.SPAN_KIND_SERVER), "url.path"))
                .isEqualTo("/open/" + "a".repeat(1_018));
        assertThat(attribute(only(spans, Span.SpanKind.SPAN_KIND_CLIENT), "url.full"))
                .hasSize(1_024);
    }

    @Test
    void aLongMethodIsNotInTheNamesOfSpans() {
        List<Span> spans =
                spans(Http.send(Http.request("A".repeat(2_000), gatehouse.proxyUrl("/open"), "text/plain", ""))
                        .header("x-kong-request-id"));

        assertThat(spans).extracting(Span::getName).containsExactlyInAnyOrder("HTTP open", "HTTP");
    }

    @ParameterizedTest
    @CsvSource({"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT, 30", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT, 2000"})
    void theOperatorsLimitOfAttributesPrecedes(String variable, int limit) {
        try (Gatehouse limited = Gatehouse.start(
                Gatehouse.config(TestDatabase.create(), List.of()),
                Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                        "http://127.0.0.1:" + collector.port(),
                        "OTEL_BSP_SCHEDULE_DELAY",
                        "50",
                        variable,
                        Integer.toString(limit)))) {
            String id = limited.get("/" + "a".repeat(3_000)).isStatus(404).header("x-kong-request-id");

            assertThat(attribute(only(spans(id), Span.SpanKind.SPAN_KIND_SERVER), "url.path"))
                    .hasSize(limit);
        }
    }

    @Test
    void aRequestThatAPluginTracesIsNotExported() {
        String trace = "2af7651916cd43dd8448eb211c80319c";
        gatehouse.createApi("plugin", "/plugin", upstream.port());
        gatehouse.create(
                "/services/plugin/plugins",
                new JsonObject().put("name", "zipkin").put("config", new JsonObject().put("sample_ratio", 1)));
        Reply reply =
                gatehouse.get("/plugin", "b3", trace + "-" + CALLER + "-1").isStatus(200);

        assertThat(reply.upstreamHeader("b3")).startsWith(trace);
        assertThat(reply.upstreamHeader("traceparent")).isNull();
        spans(gatehouse.get("/open").header("x-kong-request-id"));
        String id = reply.header("x-kong-request-id");
        assertThat(SPANS).noneMatch(span -> hex(span.getTraceId()).equals(trace));
        assertThat(SPANS).noneMatch(span -> hex(span.getTraceId()).equals(id));
    }

    @Test
    void anUnsampledTraceOfTheCallerIsNotExported() {
        String trace = "1af7651916cd43dd8448eb211c80319c";
        Reply reply = gatehouse.get("/open", "traceparent", "00-" + trace + "-" + CALLER + "-00");

        assertThat(reply.upstreamHeader("traceparent")).matches("00-" + trace + "-[0-9a-f]{16}-00");
        spans(gatehouse.get("/open").header("x-kong-request-id"));
        assertThat(SPANS).noneMatch(span -> hex(span.getTraceId()).equals(trace));
    }
}
