package io.gatehouse.cluster.port;

import javax.net.ssl.SSLEngine;

/** TLS's unit of transmission (RFC 8446, section 5.1). */
final class TlsRecord {
    static final int ALERT = 21;
    static final int HANDSHAKE = 22;

    private TlsRecord() {}

    /** Bytes of a buffer that takes two records. A member that has not authenticated costs some five of them. */
    static int bufferBytes(SSLEngine engine) {
        return 2 * engine.getSession().getPacketBufferSize();
    }
}
