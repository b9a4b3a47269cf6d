package io.gatehouse.cluster.port;

import javax.net.ssl.SSLEngine;

/** Defines the types and sizes of TLS records (RFC 8446, section 5.1). */
final class TlsRecord {
    static final int ALERT = 21;
    static final int HANDSHAKE = 22;

    private TlsRecord() {}

    /** The size of a buffer for two records. A connection that has not authenticated costs about five such buffers. */
    static int bufferBytes(SSLEngine engine) {
        return 2 * engine.getSession().getPacketBufferSize();
    }
}
