package io.gatehouse.plugin;

import java.util.Map;

/** Every error a caller of a proxied API can get from the gateway itself (docs/reference/proxy.md#responses). */
public enum ProxyError {
    BAD_REQUEST(400, "Bad request", Fault.DOWNSTREAM),
    UNAUTHORIZED(401, "Unauthorized", Fault.DOWNSTREAM),
    FORBIDDEN(403, "You cannot consume this service", Fault.DOWNSTREAM),
    NO_ROUTE(404, "no Route matched with those values", Fault.DOWNSTREAM),
    METHOD_NOT_ALLOWED(405, "Method not allowed", Fault.DOWNSTREAM),
    REQUEST_TIMEOUT(408, "Request timeout", Fault.DOWNSTREAM),
    PAYLOAD_TOO_LARGE(413, "Payload too large", Fault.DOWNSTREAM),
    URI_TOO_LONG(414, "URI too long", Fault.DOWNSTREAM),
    /** A Service that speaks gRPC was asked for something else. */
    GRPC_REQUIRED(415, "Non-gRPC request matched gRPC route", Fault.DOWNSTREAM),
    /** gRPC needs a later version of HTTP. */
    HTTP2_REQUIRED(426, "Please use HTTP2 protocol", Fault.DOWNSTREAM),
    HTTPS_REQUIRED(426, "Please use HTTPS protocol", Fault.DOWNSTREAM),
    HEADERS_TOO_LARGE(431, "Request header or cookie too large", Fault.DOWNSTREAM),
    INTERNAL(500, "An unexpected error occurred", Fault.GATEWAY),
    INVALID_UPSTREAM_RESPONSE(502, "An invalid response was received from the upstream server", Fault.UPSTREAM),
    NO_SERVICE(503, "no Service found with those values", Fault.GATEWAY),
    NO_CONFIGURATION(503, "no configuration yet", Fault.GATEWAY),
    /** Nobody can tell now whether a credential is good; the caller is to come back, not to give up. */
    TEMPORARILY_UNAVAILABLE(503, "temporarily unavailable", Fault.GATEWAY),
    NO_PEER(503, "failure to get a peer from the ring-balancer", Fault.UPSTREAM),
    UPSTREAM_TIMEOUT(504, "The upstream server is timing out", Fault.UPSTREAM),
    HTTP_VERSION(505, "HTTP version not supported", Fault.DOWNSTREAM);

    /** Whose doing a failure is; logs and metrics use these words. */
    public enum Fault {
        DOWNSTREAM,
        GATEWAY,
        UPSTREAM
    }

    /** Seconds until it may be better. */
    private static final String RETRY_AFTER = "1";

    private final int status;
    private final String message;
    private final Fault fault;

    ProxyError(int status, String message, Fault fault) {
        this.status = status;
        this.message = message;
        this.fault = fault;
    }

    public int status() {
        return status;
    }

    public String message() {
        return message;
    }

    public Fault fault() {
        return fault;
    }

    /** The headers that always belong to the answer. */
    private Map<String, String> headers() {
        return this == TEMPORARILY_UNAVAILABLE ? Map.of("Retry-After", RETRY_AFTER) : Map.of();
    }

    /** This error as a failure, without a stack trace. */
    public ProxyException failure() {
        return new ProxyException(this, message, null, headers());
    }

    /** This error with what is behind it, for the log alone. */
    public ProxyException because(Throwable cause) {
        return new ProxyException(this, message, cause, headers());
    }

    /** This error in particular words. */
    public ProxyException saying(String particular) {
        return new ProxyException(this, particular, null, headers());
    }
}
