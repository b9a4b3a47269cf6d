package io.gatehouse.plugin;

import java.util.Map;

/** Lists every error with which the gateway itself responds to a proxied request (docs/reference/proxy.md#responses). */
public enum ProxyError {
    BAD_REQUEST(400, "Bad request", Fault.DOWNSTREAM),
    UNAUTHORIZED(401, "Unauthorized", Fault.DOWNSTREAM),
    FORBIDDEN(403, "You cannot consume this service", Fault.DOWNSTREAM),
    NO_ROUTE(404, "no Route matched with those values", Fault.DOWNSTREAM),
    METHOD_NOT_ALLOWED(405, "Method not allowed", Fault.DOWNSTREAM),
    REQUEST_TIMEOUT(408, "Request timeout", Fault.DOWNSTREAM),
    PAYLOAD_TOO_LARGE(413, "Payload too large", Fault.DOWNSTREAM),
    URI_TOO_LONG(414, "URI too long", Fault.DOWNSTREAM),
    /** The Service uses gRPC and the request does not. */
    GRPC_REQUIRED(415, "Non-gRPC request matched gRPC route", Fault.DOWNSTREAM),
    /** The request is gRPC over HTTP/1. */
    HTTP2_REQUIRED(426, "Please use HTTP2 protocol", Fault.DOWNSTREAM),
    HTTPS_REQUIRED(426, "Please use HTTPS protocol", Fault.DOWNSTREAM),
    /** The request is gRPC in clear text. */
    GRPCS_REQUIRED(426, "gRPC request matched gRPCs route", Fault.DOWNSTREAM),
    HEADERS_TOO_LARGE(431, "Request header or cookie too large", Fault.DOWNSTREAM),
    INTERNAL(500, "An unexpected error occurred", Fault.GATEWAY),
    INVALID_UPSTREAM_RESPONSE(502, "An invalid response was received from the upstream server", Fault.UPSTREAM),
    NO_SERVICE(503, "no Service found with those values", Fault.GATEWAY),
    NO_CONFIGURATION(503, "no configuration yet", Fault.GATEWAY),
    /** The gateway cannot check a credential now, or has no memory for a body that a plugin reads. The client should retry. */
    TEMPORARILY_UNAVAILABLE(503, "temporarily unavailable", Fault.GATEWAY),
    NO_PEER(503, "failure to get a peer from the ring-balancer", Fault.UPSTREAM),
    UPSTREAM_TIMEOUT(504, "The upstream server is timing out", Fault.UPSTREAM),
    HTTP_VERSION(505, "HTTP version not supported", Fault.DOWNSTREAM);

    /** Names the party that caused a failure, as in logs and metrics. */
    public enum Fault {
        DOWNSTREAM,
        GATEWAY,
        UPSTREAM
    }

    /** Seconds until the client should retry. */
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

    /** Returns the headers of every response with this error. */
    private Map<String, String> headers() {
        return this == TEMPORARILY_UNAVAILABLE ? Map.of("Retry-After", RETRY_AFTER) : Map.of();
    }

    /** Creates the failure, without a stack trace. */
    public ProxyException failure() {
        return new ProxyException(this, message, null, headers());
    }

    /** Creates the failure with a cause, which only the log contains. */
    public ProxyException causedBy(Throwable cause) {
        return new ProxyException(this, message, cause, headers());
    }

    /** Creates the failure with another message. */
    public ProxyException withMessage(String particular) {
        return new ProxyException(this, particular, null, headers());
    }
}
