package io.gatehouse.proxy.traffic;

/** Who answered a request, and whose doing it is when that was no success. */
public enum ResponseOrigin {
    FROM_UPSTREAM("upstream", "none"),
    REFUSED_BY_UPSTREAM("upstream", "client"),
    FAILED_IN_UPSTREAM("upstream", "upstream"),
    FROM_GATEWAY("gateway", "none"),
    REFUSED_BY_GATEWAY("gateway", "client"),
    FAILED_IN_GATEWAY("gateway", "gateway"),
    /** The upstream was asked, and gave no answer that could be passed on. */
    NO_ANSWER_OF_UPSTREAM("gateway", "upstream");

    /** In place of a status when the client did not wait for one; nginx's number, and Kong's. */
    public static final int CLIENT_LEFT = 499;

    private static final int CLIENT_ERRORS = 400;
    private static final int SERVER_ERRORS = 500;
    /** A server error by its number, which only a client causes. */
    private static final int HTTP_VERSION_NOT_SUPPORTED = 505;

    /** In the order of their places. */
    private static final ResponseOrigin[] ALL = values();

    static final int COUNT = ALL.length;

    private final String source;
    private final String fault;

    ResponseOrigin(String source, String fault) {
        this.source = source;
        this.fault = fault;
    }

    /** A small number of its own, for arithmetic. */
    @SuppressWarnings("EnumOrdinal") // it leaves this process for nowhere
    int place() {
        return ordinal();
    }

    static ResponseOrigin at(int place) {
        return ALL[place];
    }

    /** Who answered: {@code upstream} or {@code gateway}. */
    public String source() {
        return source;
    }

    /** Whose doing it is: {@code none}, {@code client}, {@code gateway} or {@code upstream}. */
    public String fault() {
        return fault;
    }

    /**
     * The same as {@code ProxyError.fault()} says, from what is known of every request: of the gateway's own answers 500 is
     * always its own doing, 505 the client's, and any other server error the upstream's once that was asked.
     */
    public static ResponseOrigin of(int status, boolean upstreamAsked, boolean upstreamAnswered) {
        if (status < CLIENT_ERRORS) {
            return upstreamAnswered ? FROM_UPSTREAM : FROM_GATEWAY;
        }
        if (status < SERVER_ERRORS) {
            return upstreamAnswered ? REFUSED_BY_UPSTREAM : REFUSED_BY_GATEWAY;
        }
        if (upstreamAnswered) {
            return FAILED_IN_UPSTREAM;
        }
        if (status == HTTP_VERSION_NOT_SUPPORTED) {
            return REFUSED_BY_GATEWAY;
        }
        return upstreamAsked && status != SERVER_ERRORS ? NO_ANSWER_OF_UPSTREAM : FAILED_IN_GATEWAY;
    }
}
