package io.gatehouse.proxy.traffic;

/** The origin of a response, and the cause if it is an error. */
public enum ResponseOrigin {
    FROM_UPSTREAM("upstream", "none"),
    REJECTED_BY_UPSTREAM("upstream", "client"),
    FAILED_IN_UPSTREAM("upstream", "upstream"),
    FROM_GATEWAY("gateway", "none"),
    REJECTED_BY_GATEWAY("gateway", "client"),
    FAILED_IN_GATEWAY("gateway", "gateway"),
    /** The request was forwarded, and the upstream sent no valid response. */
    NO_RESPONSE_OF_UPSTREAM("gateway", "upstream");

    /** The status of a request whose client left before the head of the response, as in nginx and Kong. */
    public static final int CLIENT_LEFT = 499;

    private static final int CLIENT_ERRORS = 400;
    private static final int SERVER_ERRORS = 500;
    /** A server error by its number, but caused by the client. */
    private static final int HTTP_VERSION_NOT_SUPPORTED = 505;

    /** By ordinal. */
    private static final ResponseOrigin[] ALL = values();

    static final int COUNT = ALL.length;

    private final String source;
    private final String fault;

    ResponseOrigin(String source, String fault) {
        this.source = source;
        this.fault = fault;
    }

    /** Returns a number below {@link #COUNT}. */
    @SuppressWarnings("EnumOrdinal") // the number never leaves the process
    int place() {
        return ordinal();
    }

    static ResponseOrigin at(int place) {
        return ALL[place];
    }

    /** Returns the origin: {@code upstream} or {@code gateway}. */
    public String source() {
        return source;
    }

    /** Returns the cause: {@code none}, {@code client}, {@code gateway} or {@code upstream}. */
    public String fault() {
        return fault;
    }

    /**
     * Returns the origin of a completed request, in agreement with {@code ProxyError.fault()}. Of the gateway's own responses, 500 is
     * caused by the gateway and 505 by the client. Any other server error is caused by the upstream if the request was forwarded. So is
     * the 503 of a response that a plugin collects: its upstream is slow.
     */
    public static ResponseOrigin of(int status, boolean upstreamAsked, boolean upstreamAnswered) {
        if (status < CLIENT_ERRORS) {
            return upstreamAnswered ? FROM_UPSTREAM : FROM_GATEWAY;
        }
        if (status < SERVER_ERRORS) {
            return upstreamAnswered ? REJECTED_BY_UPSTREAM : REJECTED_BY_GATEWAY;
        }
        if (upstreamAnswered) {
            return FAILED_IN_UPSTREAM;
        }
        if (status == HTTP_VERSION_NOT_SUPPORTED) {
            return REJECTED_BY_GATEWAY;
        }
        return upstreamAsked && status != SERVER_ERRORS ? NO_RESPONSE_OF_UPSTREAM : FAILED_IN_GATEWAY;
    }
}
