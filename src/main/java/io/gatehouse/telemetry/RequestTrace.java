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
 * The spans of one request: its own, and one each for what it waited for. Attributes are OpenTelemetry's (semantic
 * conventions for HTTP spans); ours begin with {@code gatehouse.}. Used by the request's event loop alone.
 */
public final class RequestTrace {
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> SERVER = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
    private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("gatehouse.route");
    private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("gatehouse.service");
    private static final AttributeKey<String> CONSUMER = AttributeKey.stringKey("gatehouse.consumer");
    private static final AttributeKey<String> REQUEST = AttributeKey.stringKey("gatehouse.request_id");
    private static final AttributeKey<String> FAULT = AttributeKey.stringKey("gatehouse.fault");
    private static final int CLIENT_ERRORS = 400;
    private static final int SERVER_ERRORS = 500;

    private final Tracer tracer;
    private final Span request;
    private @Nullable Span upstream;

    RequestTrace(Tracer tracer, Span request) {
        this.tracer = tracer;
        this.request = request;
    }

    public String traceId() {
        return request.getSpanContext().getTraceId();
    }

    /** The same look-up, with a span for as long as the request waits for it; {@code trace} is null where none is kept. */
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

    /** The request is handed to a server. */
    public void upstreamStarts(String method, String host, int port) {
        Span span = child(method, SpanKind.CLIENT);
        span.setAttribute(METHOD, method).setAttribute(SERVER, host).setAttribute(PORT, (long) port);
        upstream = span;
    }

    /** The {@code traceparent} the server gets: the span of its call, or the request's own. */
    public String traceparent() {
        SpanContext context = (upstream == null ? request : upstream).getSpanContext();
        return "00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                + context.getTraceFlags().asHex();
    }

    /**
     * The request has ended, and with it what it waited for.
     *
     * @param upstreamAnswered whether the status is the server's
     */
    public void end(AccessEntry entry, boolean upstreamAnswered) {
        Span span = upstream;
        if (span != null) {
            if (upstreamAnswered) {
                span.setAttribute(STATUS, (long) entry.status());
                fail(span, entry.status(), CLIENT_ERRORS);
            } else {
                span.setStatus(StatusCode.ERROR, "no answer");
            }
            span.end();
        }
        request.updateName(entry.route() == null ? entry.method() : entry.method() + " " + entry.route());
        request.setAttribute(METHOD, entry.method())
                .setAttribute(STATUS, (long) entry.status())
                .setAttribute(CLIENT, entry.clientAddress())
                .setAttribute(REQUEST, entry.requestId())
                .setAttribute(FAULT, entry.fault());
        setIfKnown(SERVER, entry.host());
        setIfKnown(PATH, entry.path());
        setIfKnown(ROUTE, entry.route());
        setIfKnown(SERVICE, entry.service());
        setIfKnown(CONSUMER, entry.consumer());
        // A server's span is an error only when the server is to blame.
        fail(request, entry.status(), SERVER_ERRORS);
        request.end();
    }

    private void setIfKnown(AttributeKey<String> key, @Nullable String value) {
        if (value != null) {
            request.setAttribute(key, value);
        }
    }

    private static void fail(Span span, int status, int from) {
        if (status >= from) {
            span.setAttribute(ERROR, Integer.toString(status)).setStatus(StatusCode.ERROR);
        }
    }

    private Span child(String name, SpanKind kind) {
        return tracer.spanBuilder(name)
                .setSpanKind(kind)
                .setParent(Context.root().with(request))
                .startSpan();
    }
}
