package io.gatehouse.cluster.port;

import javax.net.ssl.SSLException;

/** Lists the reasons for which a connection between members is refused. No reason contains bytes that a peer sent. */
final class Reasons {
    static final String STRANGER = "it does not authenticate (Gatehouse 0.1 or a stranger)";
    static final String OTHER_KEY = "its cluster.secret or cluster.name differs from this node's";
    static final String REFUSED = "it refuses this node: cluster.secret or cluster.name differs";
    static final String MALFORMED = "its first line after TLS is malformed";
    static final String ENDED = "it ended the connection during the handshake";
    static final String DISPLACED = "more connections are waiting to authenticate than this node accepts";

    private Reasons() {}

    static String late(long seconds) {
        return "it did not authenticate within " + seconds + " s";
    }

    static String of(SSLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MemberTls.OtherKey) {
                return OTHER_KEY;
            }
        }
        String message = String.valueOf(failure.getMessage());
        return message.contains("alert: certificate_") || message.contains("alert: bad_certificate")
                ? REFUSED
                : STRANGER;
    }
}
