package io.gatehouse.proxy;

import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.client.Observation;
import io.gatehouse.proxy.head.ErrorBody;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * A response that the gateway sends in place of an upstream.
 *
 * @param message the error, for a gRPC client, which receives no body
 * @param isLast whether the HTTP/1 connection closes after it
 * @param isOfPlugin whether a plugin sends it, and no error
 */
record GatewayResponse(
        int status, Map<String, String> headers, String message, ErrorBody body, boolean isLast, boolean isOfPlugin) {

    /** Returns the error response of OAuth 2.0 (RFC 6749 §5.2, RFC 6750 §3). */
    static GatewayResponse of(OAuth2Exception failure) {
        return new GatewayResponse(
                failure.status(), failure.headers(), failure.description(), json(failure.body()), false, false);
    }

    /** {@code errorType} is the media type if the request selects none. */
    static GatewayResponse of(ProxyException failure, Observation observed, String errorType) {
        ErrorBody body = failure.body().isEmpty() ? body(observed, errorType, failure.message()) : json(failure.body());
        return new GatewayResponse(
                failure.status(), failure.headers(), failure.message(), body, isLast(failure.error()), false);
    }

    /** Where a malformed, oversized or incomplete request ends is unknown, and so is where the next one begins. */
    private static boolean isLast(ProxyError error) {
        return switch (error) {
            case BAD_REQUEST, REQUEST_TIMEOUT, URI_TOO_LONG, HEADERS_TOO_LARGE, HTTP_VERSION -> true;
            default -> false;
        };
    }

    /** Returns the response of a plugin. */
    static GatewayResponse of(Outcome.Response response) {
        String message = response.message();
        return new GatewayResponse(
                response.status(),
                response.headers(),
                message == null ? HttpResponseStatus.valueOf(response.status()).reasonPhrase() : message,
                new ErrorBody(ErrorBody.JSON, response.body()),
                false,
                true);
    }

    /** Returns the response that sends a client to the https URL, as the route configures it: 426 or a redirect. */
    static GatewayResponse httpsRequired(Observation observed, String errorType, int status, String location) {
        String message = ProxyError.HTTPS_REQUIRED.message();
        Map<String, String> headers = status == ProxyError.HTTPS_REQUIRED.status()
                ? Map.of("Connection", "Upgrade", "Upgrade", "TLS/1.2, HTTP/1.1")
                : Map.of("Location", location);
        return new GatewayResponse(status, headers, message, body(observed, errorType, message), false, false);
    }

    private static ErrorBody body(Observation observed, String errorType, String message) {
        return ErrorBody.of(observed.request().getHeader("accept"), errorType, message, observed.requestId());
    }

    private static ErrorBody json(Map<String, Object> body) {
        Buffer content = new JsonObject(body).toBuffer();
        return new ErrorBody(ErrorBody.JSON, content);
    }

    /** Whether it is an error; the endpoints of the oauth2 plugin respond with a success. */
    boolean isError() {
        return status >= HttpResponseStatus.MULTIPLE_CHOICES.code();
    }
}
