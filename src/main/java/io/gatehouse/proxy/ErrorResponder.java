package io.gatehouse.proxy;

import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.syntax.Framing;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes every answer the proxy gives of its own to a request; the one place where a failure becomes HTTP. What never became
 * a request {@link HeadWatch} answers.
 */
final class ErrorResponder {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorResponder.class);
    private static final int SERVER_ERRORS = ProxyError.INTERNAL.status();
    /** A body still coming is read to its end if it is small; otherwise the connection ends soon after the answer. */
    private static final int DRAINED_BYTES = 64 * 1024;

    private static final long LINGER_MILLIS = 1_000;

    private final Vertx vertx;
    private final OutageLog outages;
    private final String server;

    /** {@code server}: what the gateway calls itself. */
    ErrorResponder(Vertx vertx, OutageLog outages, String server) {
        this.vertx = vertx;
        this.outages = outages;
        this.server = server;
    }

    /** Answers a request that failed. */
    void fail(HttpServerRequest request, String requestId, long startNanos, Throwable failure) {
        if (failure instanceof ClientLeft
                || request.response().ended()
                || (!request.response().headWritten() && request.response().closed())) {
            LOG.debug("the client of request {} left", requestId);
            return;
        }
        if (request.response().headWritten()) {
            // The forwarder has ended the connection; the client knows, the operator should too.
            LOG.warn("request {} broke off: {}", requestId, failure.getMessage());
            return;
        }
        if (failure instanceof OAuth2Exception refusal) {
            log(
                    requestId,
                    refusal.error() == OAuth2Error.TEMPORARILY_UNAVAILABLE,
                    refusal.status(),
                    refusal.getMessage());
            write(
                    request,
                    requestId,
                    startNanos,
                    refusal.status(),
                    refusal.headers(),
                    JSON,
                    json(refusal.body()),
                    false);
            return;
        }
        ProxyException known =
                failure instanceof ProxyException expected ? expected : ProxyError.INTERNAL.because(failure);
        if (failure instanceof ProxyException) {
            log(
                    requestId,
                    known.error() == ProxyError.TEMPORARILY_UNAVAILABLE,
                    known.error().status(),
                    known.error().fault() + " " + known.getMessage());
        } else {
            LOG.error("request {} failed", requestId, failure);
        }
        ErrorBody body = known.body().isEmpty()
                ? ErrorBody.of(request.getHeader("accept"), known.words(), requestId)
                : new ErrorBody(JSON, json(known.body()));
        // Where a request makes no sense, nobody knows where the next one begins.
        boolean closing = known.error() == ProxyError.BAD_REQUEST || known.error() == ProxyError.REQUEST_TIMEOUT;
        write(
                request,
                requestId,
                startNanos,
                known.error().status(),
                known.headers(),
                body.contentType(),
                body.content(),
                closing);
    }

    /** Writes what a plugin answered. */
    void answer(HttpServerRequest request, String requestId, long startNanos, Outcome.Answer answer) {
        // Whatever the status, it is what the operator or an issuer wanted; an issuer logs its own failures.
        LOG.debug("request {} answered {} by a plugin", requestId, answer.status());
        write(request, requestId, startNanos, answer.status(), answer.headers(), JSON, answer.body(), false);
    }

    /** Sends the client to the https side of the same URL, in the way the route asks for. */
    void requireHttps(HttpServerRequest request, String requestId, long startNanos, int status, String location) {
        ErrorBody body = ErrorBody.of(request.getHeader("accept"), ProxyError.HTTPS_REQUIRED.message(), requestId);
        Map<String, String> headers = status == ProxyError.HTTPS_REQUIRED.status()
                ? Map.of("Connection", "Upgrade", "Upgrade", "TLS/1.2, HTTP/1.1")
                : Map.of("Location", location);
        write(request, requestId, startNanos, status, headers, body.contentType(), body.content(), false);
    }

    private static final String JSON = ErrorBody.JSON;

    private static Buffer json(Map<String, Object> body) {
        return new JsonObject(body).toBuffer();
    }

    private void log(String requestId, boolean isOutage, int status, @Nullable String what) {
        if (isOutage) {
            outages.failed(requestId, what);
        } else if (status >= SERVER_ERRORS) {
            LOG.warn("request {} answered {}: {}", requestId, status, what);
        } else {
            LOG.debug("request {} answered {}: {}", requestId, status, what);
        }
    }

    private void write(
            HttpServerRequest request,
            String requestId,
            long startNanos,
            int status,
            Map<String, String> headers,
            String contentType,
            Buffer body,
            boolean closing) {
        HttpServerResponse response = request.response();
        response.setStatusCode(status);
        if (body.length() > 0) {
            response.putHeader("Content-Type", contentType);
        }
        response.putHeader("Server", server);
        response.putHeader("X-Kong-Request-Id", requestId);
        response.putHeader(
                "X-Kong-Response-Latency",
                Long.toString(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos)));
        if (Exchange.isGrpc(request)) {
            response.putHeader("grpc-status", Integer.toString(GrpcStatus.of(status)));
        }
        if (request.version() == HttpVersion.HTTP_2) {
            endStream(request, headers, body);
            return;
        }
        headers.forEach(response::putHeader);
        boolean large = closing || isLarge(request);
        if (large) {
            response.putHeader("Connection", "close");
        }
        request.handler(null);
        request.resume();
        response.end(body).onComplete(written -> {
            if (large) {
                linger(request);
            }
        });
    }

    /** In HTTP/2 nothing is said of the connection, and what still comes is told to stop (RFC 9113 §8.1, §8.2.2). */
    private static void endStream(HttpServerRequest request, Map<String, String> headers, Buffer body) {
        HttpServerResponse response = request.response();
        headers.forEach((name, value) -> {
            if (!name.equals("Connection") && !name.equals("Upgrade")) {
                response.putHeader(name, value);
            }
        });
        // A stream in error cannot be answered; what is wrong with it its RST_STREAM says, and those are counted.
        response.end(body).onSuccess(written -> {
            if (!request.isEnded()) {
                response.reset(0);
            }
        });
    }

    /** A small body is read to its end, so that the next request on the connection starts there. */
    private static boolean isLarge(HttpServerRequest request) {
        if (request.isEnded()) {
            return false;
        }
        Framing framing = RequestFraming.of(request);
        return framing == null || framing.announcedLength() > DRAINED_BYTES;
    }

    /**
     * Closes the connection in a while: many clients read nothing before they have sent everything, however long that is,
     * and a close drops no more than it must.
     */
    private void linger(HttpServerRequest request) {
        if (request.isEnded()) {
            request.connection().close();
            return;
        }
        request.endHandler(end -> request.connection().close());
        vertx.setTimer(LINGER_MILLIS, timer -> request.connection().close());
    }
}
