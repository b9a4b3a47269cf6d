package io.gatehouse.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Records the spans of one request: its own, and one for each call that it waits for.
 *
 * <p>The attributes are those of OpenTelemetry's semantic conventions for HTTP spans. The gateway's begin with {@code gatehouse.}.
 *
 * <p><i>Threading</i>: used by the request's event loop alone.
 */
public final class RequestTrace {
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> SERVER = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
    private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    private static final AttributeKey<String> SCHEME = AttributeKey.stringKey("url.scheme");
    private static final AttributeKey<String> FULL = AttributeKey.stringKey("url.full");
    private static final AttributeKey<String> HTTP_ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("gatehouse.route");
    private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("gatehouse.service");
    private static final AttributeKey<String> CONSUMER = AttributeKey.stringKey("gatehouse.consumer");
    private static final AttributeKey<String> REQUEST = AttributeKey.stringKey("gatehouse.request_id");
    private static final AttributeKey<String> FAULT = AttributeKey.stringKey("gatehouse.fault");
    private static final int CLIENT_ERRORS = 400;
    private static final int SERVER_ERRORS = 500;
    /** The most characters of a method in the name of a span. */
    private static final int MAX_METHOD = 32;

    private final Tracer tracer;
    private final Span request;
    private @Nullable Span upstream;

    RequestTrace(Tracer tracer, Span request) {
        this.tracer = tracer;
        this.request = request;
    }

    /** Records the scheme of the client's request. */
    public RequestTrace scheme(String scheme) {
        request.setAttribute(SCHEME, scheme);
        return this;
    }

    public String traceId() {
        return request.getSpanContext().getTraceId();
    }

    /** Returns the id of the request's own span. */
    public String spanId() {
        return request.getSpanContext().getSpanId();
    }

    /** Returns whether the spans are exported. */
    public boolean isSampled() {
        return request.getSpanContext().isSampled();
    }

    /** Records a span until the lookup completes, and returns the lookup. Records none if {@code trace} is null. */
    public static <T> Future<T> lookup(@Nullable RequestTrace trace, Future<T> found) {
        if (trace == null || found.isComplete()) {
            return found;
        }
        Span span = trace.child("token lookup", SpanKind.INTERNAL);
        return found.onComplete((value, failure) -> {
            if (failure != null) {
                span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
            }
            span.end();
        });
    }

    /** Records the path of the Route that serves the request. Does nothing if {@code trace} is null. */
    public static void routed(@Nullable RequestTrace trace, @Nullable String pathOfRoute) {
        if (trace != null && pathOfRoute != null) {
            trace.request.setAttribute(HTTP_ROUTE, pathOfRoute);
        }
    }

    /**
     * Begins the span of the upstream request.
     *
     * @param uri path and query; the span omits the query, which may contain credentials
     */
    public void upstreamStarts(String method, String scheme, String host, int port, String uri) {
        Span span = child(named(method), SpanKind.CLIENT);
        int query = uri.indexOf('?');
        String name = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
        String path = query < 0 ? uri : uri.substring(0, query);
        span.setAttribute(METHOD, method)
                .setAttribute(SERVER, host)
                .setAttribute(PORT, (long) port)
                .setAttribute(FULL, scheme + "://" + name + ":" + port + path);
        upstream = span;
    }

    /** Returns the {@code traceparent} of the upstream request: its span, or the client request's. */
    public String traceparent() {
        SpanContext context = (upstream == null ? request : upstream).getSpanContext();
        return "00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                + context.getTraceFlags().asHex();
    }

    /**
     * Ends all spans of the request.
     *
     * @param upstreamStatus of the upstream's response, which the gateway may have replaced; 0 without one
     */
    public void end(AccessEntry entry, int upstreamStatus) {
        Span span = upstream;
        if (span != null) {
            if (upstreamStatus != 0) {
                span.setAttribute(STATUS, (long) upstreamStatus);
                fail(span, upstreamStatus, CLIENT_ERRORS);
            } else {
                span.setStatus(StatusCode.ERROR, "no response");
            }
            span.end();
        }
        String method = named(entry.method());
        request.updateName(entry.route() == null ? method : method + " " + entry.route());
        request.setAttribute(METHOD, entry.method())
                .setAttribute(STATUS, (long) entry.status())
                .setAttribute(CLIENT, entry.clientAddress())
                .setAttribute(REQUEST, entry.requestId())
                .setAttribute(FAULT, entry.fault());
        setIfPresent(SERVER, entry.host());
        setIfPresent(PATH, entry.path());
        setIfPresent(ROUTE, entry.route());
        setIfPresent(SERVICE, entry.service());
        setIfPresent(CONSUMER, entry.consumer());
        // By the conventions the span of a server is an error only from status 500.
        fail(request, entry.status(), SERVER_ERRORS);
        request.end();
    }

    private void setIfPresent(AttributeKey<String> key, @Nullable String value) {
        if (value != null) {
            request.setAttribute(key, value);
        }
    }

    private static void fail(Span span, int status, int from) {
        if (status >= from) {
            span.setAttribute(ERROR, Integer.toString(status)).setStatus(StatusCode.ERROR);
        }
    }

    /** Returns the method as part of a span's name, whose length the SDK does not limit. By the conventions, HTTP stands for others. */
    private static String named(String method) {
        return method.length() > MAX_METHOD ? "HTTP" : method;
    }

    private Span child(String name, SpanKind kind) {
        return tracer.spanBuilder(name)
                .setSpanKind(kind)
                .setParent(Context.root().with(request))
                .startSpan();
    }
}
