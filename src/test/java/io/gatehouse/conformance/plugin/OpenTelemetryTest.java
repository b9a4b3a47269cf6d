package io.gatehouse.conformance.plugin;

import static io.gatehouse.testing.Spans.attribute;
import static io.gatehouse.testing.Spans.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the opentelemetry plugin against Kong 3.10. */
class OpenTelemetryTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final String PARENT = "00-" + TRACE + "-" + SPAN + "-01";

    private static final List<Span> SPANS = new CopyOnWriteArrayList<>();
    private static final List<String> RESOURCES = new CopyOnWriteArrayList<>();
    private static final List<String> TOKENS = new CopyOnWriteArrayList<>();
    private static PluginApi api;
    private static Upstream collector;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        collector = Upstream.start();
        collector.behave(OpenTelemetryTest::collect);
    }

    @AfterAll
    static void stop() {
        api.close();
        collector.close();
    }

    @BeforeEach
    void clear() {
        SPANS.clear();
        RESOURCES.clear();
        TOKENS.clear();
    }

    private static void collect(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            TOKENS.add(String.valueOf(request.getHeader("x-token")));
            try {
                ExportTraceServiceRequest.parseFrom(body.getBytes())
                        .getResourceSpansList()
                        .forEach(resource -> {
                            RESOURCES.add(resource.getResource().toString());
                            resource.getScopeSpansList().forEach(scope -> SPANS.addAll(scope.getSpansList()));
                        });
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
            request.response().end();
        });
    }

    /** Returns the configuration of a plugin that samples every request and sends at once. */
    private static JsonObject config() {
        return new JsonObject()
                .put("traces_endpoint", "http://127.0.0.1:" + collector.port() + "/v1/traces")
                .put("sampling_rate", 1)
                .put("queue", new JsonObject().put("max_coalescing_delay", 0.01));
    }

    private static Span span(String name) {
        await().atMost(LogServer.LIMIT)
                .until(() -> SPANS.stream().anyMatch(span -> span.getName().equals(name)));
        return SPANS.stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRequestIsASpanOfTheCallersTraceWithTheUpstreamCallAsChild() {
        String path = api.protectedBy(
                "opentelemetry",
                config().put("headers", new JsonObject().put("X-Token", "t"))
                        .put("resource_attributes", new JsonObject().put("service.name", "edge")));
        Reply reply =
                api.gatehouse.get(path + "/a?secret=1", "traceparent", PARENT).isStatus(200);

        Span request = span("kong");
        Span upstream = span("kong.balancer");
        assertThat(hex(request.getTraceId())).isEqualTo(TRACE);
        assertThat(hex(request.getParentSpanId())).isEqualTo(SPAN);
        assertThat(request.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(upstream.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(upstream.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
        assertThat(reply.upstreamHeader("traceparent"))
                .isEqualTo("00-" + TRACE + "-" + hex(upstream.getSpanId()) + "-01");
        assertThat(attribute(request, "http.method")).isEqualTo("GET");
        assertThat(attribute(request, "http.url"))
                .startsWith("http://127.0.0.1")
                .endsWith(path + "/a");
        assertThat(attribute(request, "http.host")).isEqualTo("127.0.0.1");
        assertThat(attribute(request, "http.flavor")).isEqualTo("1.1");
        assertThat(attribute(request, "http.route")).isEqualTo(path);
        assertThat(attribute(request, "http.status_code")).isEqualTo("200");
        assertThat(attribute(request, "kong.request.id")).isEqualTo(reply.header("x-kong-request-id"));
        assertThat(attribute(upstream, "try_count")).isEqualTo("1");
        assertThat(attribute(upstream, "net.peer.port")).isEqualTo(Integer.toString(api.upstream.port()));
        assertThat(SPANS.toString()).doesNotContain("secret");
        assertThat(RESOURCES.get(0)).contains("edge", "service.instance.id", "service.version");
        assertThat(TOKENS).contains("t");
    }

    @Test
    void aTraceInAnotherFormatIsContinuedInIt() {
        String path = api.protectedBy("opentelemetry", config());
        Reply reply = api.gatehouse.get(path, "b3", TRACE + "-" + SPAN + "-1").isStatus(200);

        // No span is shared.
        assertThat(hex(span("kong").getParentSpanId())).isEqualTo(SPAN);
        assertThat(reply.upstreamHeader("b3"))
                .isEqualTo(TRACE + "-" + hex(span("kong.balancer").getSpanId()) + "-1-"
                        + hex(span("kong").getSpanId()));
        assertThat(reply.upstreamHeader("traceparent")).isNull();
    }

    @Test
    void aTraceThatBeginsHereIsSampledByTheRate() {
        String never = api.protectedBy("opentelemetry", config().put("sampling_rate", 0));
        Reply unsampled = api.gatehouse.get(never, "traceparent", PARENT).isStatus(200);
        assertThat(unsampled.upstreamHeader("traceparent")).endsWith("-00");

        String always = api.protectedBy("opentelemetry", config().put("http_response_header_for_traceid", "X-Trace"));
        Reply excluded = api.gatehouse
                .get(always, "traceparent", PARENT.replace("-01", "-00"))
                .isStatus(200);
        assertThat(excluded.upstreamHeader("traceparent")).endsWith("-00");
        Reply sampled = api.gatehouse.get(always).isStatus(200);
        String id = sampled.header("x-kong-request-id");
        assertThat(sampled.header("x-trace")).isEqualTo(id);
        assertThat(sampled.upstreamHeader("traceparent")).startsWith("00-" + id).endsWith("-01");
        assertThat(hex(span("kong").getTraceId())).isEqualTo(id);
        assertThat(span("kong").getParentSpanId().isEmpty()).isTrue();
        assertThat(SPANS).noneMatch(span -> hex(span.getTraceId()).equals(TRACE));
    }

    @Test
    void aRejectedRequestIsASpanOfTheCallersTrace() {
        String path = api.protectedBy("opentelemetry", config());
        api.add(path, "key-auth", new JsonObject());

        api.gatehouse.get(path, "traceparent", PARENT).isStatus(401);

        assertThat(hex(span("kong").getTraceId())).isEqualTo(TRACE);
        assertThat(hex(span("kong").getParentSpanId())).isEqualTo(SPAN);
        assertThat(attribute(span("kong"), "http.status_code")).isEqualTo("401");
        assertThat(SPANS).hasSize(1);
    }

    @Test
    void thePluginContinuesTheTraceOfZipkin() {
        String path = api.protectedBy("opentelemetry", config());
        api.add(path, "zipkin", new JsonObject().put("sample_ratio", 1));
        Reply reply = api.gatehouse.get(path).isStatus(200);

        assertThat(hex(span("kong").getTraceId())).isEqualTo(reply.header("x-kong-request-id"));
        assertThat(span("kong").getParentSpanId().isEmpty()).isFalse();
        assertThat(reply.upstreamHeader("x-b3-spanid"))
                .isEqualTo(hex(span("kong.balancer").getSpanId()));
    }

    @Test
    void invalidConfigurationsAreRefused() {
        String none =
                "at least one of these fields must be non-empty: 'config.traces_endpoint', 'config.logs_endpoint'";
        api.assertRefused("opentelemetry", new JsonObject(), none);
        api.assertRefused(
                "opentelemetry",
                config().put("logs_endpoint", "http://h/"),
                "config.logs_endpoint: not supported: the gateway writes its log to standard output");
        api.assertRefused(
                "opentelemetry",
                config().put("resource_attributes", new JsonObject().put("a", "$(headers.host)")),
                "config.resource_attributes: not supported: the gateway runs no Lua");
        api.assertRefused("opentelemetry", config().put("metrics", new JsonObject()), "config.metrics: unknown field");
    }
}
