package io.gatehouse.proxy;

import io.gatehouse.connection.HttpDate;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.client.ClientLeft;
import io.gatehouse.proxy.client.Observation;
import io.gatehouse.proxy.client.PartialHeadDetector;
import io.gatehouse.proxy.head.ErrorBody;
import io.gatehouse.proxy.head.GrpcStatus;
import io.gatehouse.proxy.head.RequestFraming;
import io.gatehouse.syntax.Framing;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
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
 * a request {@link PartialHeadDetector} answers.
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
    void fail(Observation observed, Throwable failure) {
        HttpServerRequest request = observed.request();
        String requestId = observed.requestId();
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
                    observed,
                    refusal.status(),
                    refusal.headers(),
                    refusal.description(),
                    new ErrorBody(JSON, json(refusal.body())),
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
        write(observed, known.error().status(), known.headers(), known.words(), body, isLast(known.error()));
    }

    /** Where a request ends that could not be read, or did not come, is unknown: so is where the next one begins. */
    private static boolean isLast(ProxyError error) {
        return switch (error) {
            case BAD_REQUEST, REQUEST_TIMEOUT, URI_TOO_LONG, HEADERS_TOO_LARGE, HTTP_VERSION -> true;
            default -> false;
        };
    }

    /** Writes what a plugin answered. */
    void answer(Observation observed, Outcome.Answer answer) {
        // Whatever the status, it is what the operator or an issuer wanted; an issuer logs its own failures.
        LOG.debug("request {} answered {} by a plugin", observed.requestId(), answer.status());
        String words = HttpResponseStatus.valueOf(answer.status()).reasonPhrase();
        write(observed, answer.status(), answer.headers(), words, new ErrorBody(JSON, answer.body()), false);
    }

    /** Sends the client to the https side of the same URL, in the way the route asks for. */
    void requireHttps(Observation observed, int status, String location) {
        String words = ProxyError.HTTPS_REQUIRED.message();
        Map<String, String> headers = status == ProxyError.HTTPS_REQUIRED.status()
                ? Map.of("Connection", "Upgrade", "Upgrade", "TLS/1.2, HTTP/1.1")
                : Map.of("Location", location);
        ErrorBody body = ErrorBody.of(observed.request().getHeader("accept"), words, observed.requestId());
        write(observed, status, headers, words, body, false);
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

    /** {@code words}: what is wrong, for a client that gets no body. */
    private void write(
            Observation observed,
            int status,
            Map<String, String> headers,
            String words,
            ErrorBody body,
            boolean closing) {
        HttpServerRequest request = observed.request();
        HttpServerResponse response = request.response();
        response.putHeader("Date", HttpDate.now());
        response.putHeader("Server", server);
        response.putHeader("X-Kong-Request-Id", observed.requestId());
        response.putHeader(
                "X-Kong-Response-Latency",
                Long.toString(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - observed.startNanos())));
        if (request.version() == HttpVersion.HTTP_2) {
            headers.forEach((name, value) -> {
                // In HTTP/2 nothing is said of the connection (RFC 9113 §8.2.2).
                if (!name.equals("Connection") && !name.equals("Upgrade")) {
                    response.putHeader(name, value);
                }
            });
            endStream(
                    request,
                    isError(status) && Exchange.isGrpc(request)
                            ? trailersOnly(observed, status, words)
                            : whole(response, status, body));
            return;
        }
        headers.forEach(response::putHeader);
        boolean large = closing || isLarge(request);
        if (large) {
            close(observed, response);
        }
        request.handler(null);
        request.resume();
        whole(response, status, body).onComplete(written -> {
            if (large) {
                linger(request);
            }
        });
    }

    /** Vert.x promises a client of HTTP/1.0 to keep what it asked for, unless the head is changed after that. */
    private static void close(Observation observed, HttpServerResponse response) {
        if (observed.request().version() != HttpVersion.HTTP_1_0) {
            response.putHeader("Connection", "close");
        } else if (observed.exchange() == null) {
            response.headersEndHandler(end -> response.putHeader("Connection", "close"));
        } else {
            observed.exchange().editResponseHead(headers -> headers.set("Connection", "close"));
        }
    }

    /** A plugin may answer with a success, as the oauth2 plugin's endpoints do: that is no error of a call. */
    private static boolean isError(int status) {
        return status >= HttpResponseStatus.MULTIPLE_CHOICES.code();
    }

    private static Future<Void> whole(HttpServerResponse response, int status, ErrorBody body) {
        response.setStatusCode(status);
        // A plugin may have one of its own.
        if (body.content().length() > 0 && !response.headers().contains("Content-Type")) {
            response.putHeader("Content-Type", body.contentType());
        }
        return response.end(body.content());
    }

    /** gRPC over HTTP/2, Responses: a call that fails before its first message has a HEADERS frame that ends the stream. */
    private static Future<Void> trailersOnly(Observation observed, int status, String words) {
        observed.failed(status);
        return observed.request()
                .response()
                .setStatusCode(HttpResponseStatus.OK.code())
                .putHeader("Content-Type", "application/grpc")
                .putHeader("grpc-status", Integer.toString(GrpcStatus.of(status)))
                .putHeader("grpc-message", GrpcStatus.message(words))
                .end();
    }

    /** What still comes on an HTTP/2 stream is told to stop (RFC 9113 §8.1). */
    private void endStream(HttpServerRequest request, Future<Void> response) {
        // A stream in error gets no response: its RST_STREAM names the error, and the codec writes that after this
        // turn.
        response.onSuccess(written -> vertx.runOnContext(then -> {
            if (!request.isEnded()) {
                request.response().reset(0);
            }
        }));
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
