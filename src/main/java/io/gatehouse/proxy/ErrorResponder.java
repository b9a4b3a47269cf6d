package io.gatehouse.proxy;

import io.gatehouse.connection.HttpDate;
import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.plugin.BodyTransformation;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.plugin.ReplacedResponse;
import io.gatehouse.proxy.client.ClientLeft;
import io.gatehouse.proxy.client.Observation;
import io.gatehouse.proxy.client.PartialHeadDetector;
import io.gatehouse.proxy.client.RequestRemainder;
import io.gatehouse.proxy.exchange.GrpcRequest;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.head.ErrorBody;
import io.gatehouse.proxy.head.GrpcStatus;
import io.gatehouse.proxy.head.OwnFields;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes every response that the gateway sends in place of an upstream. It is the only class that turns a failure into HTTP.
 *
 * <p>{@link PartialHeadDetector} responds to a head that does not become a request.
 */
final class ErrorResponder {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorResponder.class);

    private final RequestRemainder remainder;
    private final OutageLog outages;
    private final OwnFields fields;
    private final UnsentBudget unsent;

    /** {@code unsent} bounds the bytes that clients have not taken. */
    ErrorResponder(RequestRemainder remainder, OutageLog outages, OwnFields fields, UnsentBudget unsent) {
        this.remainder = remainder;
        this.outages = outages;
        this.fields = fields;
        this.unsent = unsent;
    }

    /** Logs a failed request and sends the error response, unless it is too late for one. */
    void fail(Observation observed, Throwable failure) {
        HttpServerResponse response = observed.request().response();
        if (failure instanceof ClientLeft || response.ended() || (!response.headWritten() && response.closed())) {
            LOG.debug("request {}: the client has left", observed.requestId());
        } else if (response.headWritten()) {
            // The forwarder has reset the stream or the connection.
            LOG.warn(
                    "request {} was aborted after the head of its response: {}",
                    observed.requestId(),
                    failure.getMessage());
        } else if (failure instanceof ReplacedResponse replaced) {
            respond(observed, replaced.response());
        } else if (failure instanceof OAuth2Exception oauth) {
            boolean isOutage = oauth.error() == OAuth2Error.TEMPORARILY_UNAVAILABLE;
            log(observed, isOutage, isFailure(oauth.status()), oauth.status(), oauth.getMessage());
            write(observed, GatewayResponse.of(oauth));
        } else if (failure instanceof ProxyException expected) {
            ProxyError error = expected.error();
            boolean isOutage = error == ProxyError.TEMPORARILY_UNAVAILABLE;
            // A client that a plugin rejects with a status of its configuration is no failure, whatever the status.
            boolean isFailure = isFailure(error.status());
            log(observed, isOutage, isFailure, expected.status(), error.fault() + " " + expected.getMessage());
            write(observed, GatewayResponse.of(expected, observed, fields.errorType()));
        } else {
            LOG.error("request {} failed", observed.requestId(), failure);
            ProxyException internal = ProxyError.INTERNAL.causedBy(failure);
            write(observed, GatewayResponse.of(internal, observed, fields.errorType()));
        }
    }

    /**
     * Sends the response of a plugin. If another plugin cannot change it, the client gets 502, as for a response of the upstream: it may be
     * a stored one, with what that plugin removes.
     */
    void respond(Observation observed, Outcome.Response response) {
        // At debug whatever its status: it is configured, or of an issuer, which logs its own failures.
        LOG.debug("request {}: a plugin responded with {}", observed.requestId(), response.status());
        try {
            write(observed, GatewayResponse.of(response));
        } catch (Unchangeable e) {
            observed.request().response().headers().clear();
            fail(observed, ProxyError.INVALID_UPSTREAM_RESPONSE.causedBy(e.reason()));
        }
    }

    /** Signals that a plugin could not change the response of another one. Nothing of it has been written. */
    private static final class Unchangeable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unchangeable(RuntimeException reason) {
            super(reason.getMessage(), reason, false, false);
        }

        Throwable reason() {
            return Objects.requireNonNull(getCause());
        }
    }

    /** Sends the client to the https URL, as the route configures it. */
    void requireHttps(Observation observed, int status, String location) {
        write(observed, GatewayResponse.httpsRequired(observed, fields.errorType(), status, location));
    }

    private static boolean isFailure(int status) {
        return status >= HttpResponseStatus.INTERNAL_SERVER_ERROR.code();
    }

    private void log(Observation observed, boolean isOutage, boolean isFailure, int status, @Nullable String reason) {
        if (isOutage) {
            outages.failed(observed.requestId(), reason);
        } else if (isFailure) {
            LOG.warn("request {} answered {}: {}", observed.requestId(), status, reason);
        } else {
            LOG.debug("request {} answered {}: {}", observed.requestId(), status, reason);
        }
    }

    private void write(Observation observed, GatewayResponse content) {
        observed.responds();
        HttpServerResponse response = observed.request().response();
        response.putHeader("Date", HttpDate.now());
        fields.write(
                observed.requestId(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - observed.startNanos()),
                response::putHeader);
        if (observed.request().version() == HttpVersion.HTTP_2) {
            writeHttp2(observed, content);
        } else {
            writeHttp1(observed, content);
        }
    }

    private void writeHttp2(Observation observed, GatewayResponse content) {
        HttpServerRequest request = observed.request();
        for (Map.Entry<String, String> header : content.headers().entrySet()) {
            // RFC 9113 §8.2.2: HTTP/2 has no header fields for the connection.
            if (!header.getKey().equals("Connection") && !header.getKey().equals("Upgrade")) {
                request.response().putHeader(header.getKey(), header.getValue());
            }
        }
        Buffer body = prepareBody(observed, content);
        if (!request.isEnded()) {
            // Before the client takes the response: UploadBudget cannot drop the body of a request that has one.
            RequestRemainder.drop(request);
        }
        Future<Void> written;
        if (content.isError() && GrpcRequest.isGrpc(request)) {
            written = writeTrailersOnly(observed, content);
        } else if (request.method().equals(HttpMethod.HEAD)) {
            // Vert.x would send the body (RFC 9110 §9.3.2).
            written = request.response().end();
        } else {
            written = OwnBody.end(request, body, unsent);
        }
        // The codec writes the RST_STREAM of a malformed stream, which names the error, after this turn of the event
        // loop.
        written.onSuccess(done -> remainder.resetLater(request));
    }

    private void writeHttp1(Observation observed, GatewayResponse content) {
        HttpServerRequest request = observed.request();
        content.headers().forEach(request.response()::putHeader);
        Buffer body = prepareBody(observed, content);
        boolean closes = content.isLast() || RequestRemainder.endsConnection(request);
        if (closes) {
            announceClose(observed);
        }
        RequestRemainder.drop(request);
        Future<Void> written = OwnBody.end(request, body, unsent);
        if (closes || isLastOfHttp10(request)) {
            written.onComplete(done -> remainder.close(request));
        }
    }

    /** Whether the response closes a connection of HTTP/1.0, because it replaces one of the upstream without a length. */
    private static boolean isLastOfHttp10(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_1_0
                && request.response().headers().contains("Connection", "close", true);
    }

    /** Adds {@code Connection: close}. For a client of HTTP/1.0 Vert.x overwrites it, unless it is added last. */
    private static void announceClose(Observation observed) {
        HttpServerResponse response = observed.request().response();
        ProxyExchange exchange = observed.exchange();
        if (observed.request().version() != HttpVersion.HTTP_1_0) {
            response.putHeader("Connection", "close");
        } else if (exchange == null) {
            response.headersEndHandler(end -> response.putHeader("Connection", "close"));
        } else {
            exchange.editResponseHead(headers -> headers.set("Connection", "close"));
        }
    }

    /** Sets the status and the type, and lets the plugins of the request change the response. Returns its body. */
    private static Buffer prepareBody(Observation observed, GatewayResponse content) {
        HttpServerResponse response = observed.request().response();
        ErrorBody body = content.body();
        response.setStatusCode(content.status());
        String usual = HttpResponseStatus.valueOf(content.status()).reasonPhrase();
        if (!usual.equals(response.getStatusMessage())) {
            // That of a response of the upstream, which this one replaces. Vert.x does not recognize a 304 whose phrase
            // is set.
            response.setStatusMessage(usual);
        }
        // A plugin may have set the type itself.
        if (body.content().length() > 0 && !response.headers().contains("Content-Type")) {
            response.putHeader("Content-Type", body.contentType());
        }
        ProxyExchange exchange = observed.exchange();
        return exchange == null ? body.content() : changed(exchange, body.content(), content.isOfPlugin());
    }

    /**
     * Returns the body that the client receives. If a plugin fails to change an error of the gateway, that is sent as it is: it has nothing
     * to hide. Throws {@link Unchangeable} if it fails to change the response of a plugin.
     */
    private static Buffer changed(ProxyExchange exchange, Buffer body, boolean isOfPlugin) {
        try {
            BodyTransformation transformation = exchange.respond(false);
            if (transformation == null || body.length() == 0) {
                return body;
            }
            return through(transformation, body);
        } catch (ReplacedResponse other) {
            return body;
        } catch (RuntimeException e) {
            if (isOfPlugin) {
                throw new Unchangeable(e);
            }
            LOG.error("request {}: a plugin failed to change the gateway's response", exchange.requestId(), e);
            return body;
        }
    }

    private static Buffer through(BodyTransformation transformation, Buffer body) {
        try {
            return Buffer.buffer().appendBuffer(transformation.data(body)).appendBuffer(transformation.end());
        } catch (RuntimeException e) {
            transformation.aborted();
            throw e;
        }
    }

    /** Writes a gRPC error before the first message: one HEADERS frame that ends the stream (gRPC over HTTP/2, Responses). */
    private static Future<Void> writeTrailersOnly(Observation observed, GatewayResponse content) {
        observed.failed(content.status());
        HttpServerResponse response = observed.request().response();
        if (!content.headers().containsKey("grpc-status")) {
            response.putHeader("grpc-status", Integer.toString(GrpcStatus.of(content.status())));
        }
        return response.setStatusCode(HttpResponseStatus.OK.code())
                .putHeader("Content-Type", "application/grpc")
                .putHeader("grpc-message", GrpcStatus.message(content.message()))
                .end();
    }
}
