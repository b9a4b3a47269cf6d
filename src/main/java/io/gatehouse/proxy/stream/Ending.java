package io.gatehouse.proxy.stream;

import java.util.Locale;

/** The reasons why a connection ends, as the access log and the metrics name them (docs/reference/observability.md). */
enum Ending {
    /** One of the peers ended a connection that had been joined. */
    CLOSED,
    /** One of the peers reset a connection that had been joined, or sent a malformed TLS record. */
    RESET,
    /** No byte moved for a timeout of the Service. */
    IDLE,
    /** The client left before its connection was joined. */
    CLIENT_LEFT,
    /** No Route matched. */
    NO_ROUTE,
    /** The Route is not served; a log line at the change of the configuration names the reason. */
    NOT_SERVED,
    /** The Route requires TLS, and the listener has none. */
    TLS_REQUIRED,
    /** The first bytes were no ClientHello, or TLS failed, or took too long. */
    HANDSHAKE,
    /** No target is healthy. */
    NO_PEER,
    /** The upstream refused the connection, or its certificate is not trusted. */
    UNREACHABLE,
    /** The upstream did not accept the connection in time. */
    CONNECT_TIMEOUT,
    /** There were too many connections. */
    FULL,
    /** The peers did not read, and all connections together held too many bytes. */
    UNREAD,
    /** The node stopped. */
    DRAINED;

    private final String text = name().toLowerCase(Locale.ROOT);

    @Override
    public String toString() {
        return text;
    }
}
