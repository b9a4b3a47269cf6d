package io.gatehouse.cluster.port;

import com.hazelcast.internal.networking.Channel;
import java.io.EOFException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the handshake of one connection: TLS, then one line from each peer. The decoder and the encoder share it. Hazelcast
 * reads and writes nothing before it has succeeded.
 *
 * <p><i>Threading</i>: each of the two handlers runs on one thread at a time, and the two threads differ. Public-key operations
 * run on the executor, so that a flood of handshakes does not delay the traffic between members.
 */
final class MemberHandshake {
    private static final Logger LOG = LoggerFactory.getLogger(MemberHandshake.class);
    /** The bytes that Hazelcast sends to a peer of another protocol, so that an older node logs the reason. */
    private static final byte[] OTHER_PROTOCOL = "HZX".getBytes(StandardCharsets.US_ASCII);

    private static final String VERIFIED = "";

    private final Channel channel;
    private final SSLEngine engine;
    private final Introduction own;
    private final Executor publicKeys;
    private final Consumer<String> onRefusal;
    private final Runnable onSuccess;

    /** The result: {@link #VERIFIED}, or why the peer is refused; null: the handshake is in progress. */
    private final AtomicReference<@Nullable String> outcome = new AtomicReference<>();

    private final AtomicBoolean computing = new AtomicBoolean();
    private final StringBuilder line = new StringBuilder(Introduction.MAX_BYTES);
    private volatile boolean received;
    private volatile boolean introduced;
    private volatile byte[] rejection = {};

    MemberHandshake(
            Channel channel,
            SSLEngine engine,
            Introduction own,
            Executor publicKeys,
            Consumer<String> onRefusal,
            Runnable onSuccess) {
        this.channel = channel;
        this.engine = engine;
        this.own = own;
        this.publicKeys = publicKeys;
        this.onRefusal = onRefusal;
        this.onSuccess = onSuccess;
    }

    SSLEngine engine() {
        return engine;
    }

    Channel channel() {
        return channel;
    }

    byte[] introduction() {
        return own.encoded();
    }

    /** Whether the peer has proved the key and is of a compatible version. */
    boolean isVerified() {
        return VERIFIED.equals(outcome.get());
    }

    boolean hasFailed() {
        String reason = outcome.get();
        return reason != null && !reason.equals(VERIFIED);
    }

    /** Whether TLS is complete and the peer has sent its line. Then it can read this node's line, even if it is refused. */
    boolean isIntroduced() {
        return introduced;
    }

    /** The bytes to send to a peer that does not speak TLS; empty for all others. */
    byte[] rejection() {
        return rejection;
    }

    /** Disables the reset with which Hazelcast closes its sockets: it would discard the last bytes sent. */
    void disableReset() {
        try {
            channel.socket().setSoLinger(false, 0);
        } catch (SocketException closed) {
            LOG.debug("The connection was closed before the reason was sent", closed);
        }
    }

    /** Hazelcast logs the end of a connection at info, and everything else at warn, with a stack trace. */
    EOFException refusal() {
        String reason = outcome.get();
        return new EOFException("refused: " + (reason == null ? Reasons.ENDED : reason));
    }

    /** Refuses a peer whose first bytes are no TLS record, before they are parsed. */
    void onFirstBytes(ByteBuffer bytes) {
        if (received) {
            return;
        }
        received = true;
        int type = bytes.get(bytes.position());
        if (type != TlsRecord.HANDSHAKE && type != TlsRecord.ALERT) {
            rejection = channel.isClientMode() ? new byte[0] : OTHER_PROTOCOL;
            fail(Reasons.STRANGER);
        }
    }

    /** Reads the peer's line from the decrypted bytes. The bytes after it belong to Hazelcast. */
    void readIntroduction(ByteBuffer plain) {
        while (plain.hasRemaining()) {
            char next = (char) (plain.get() & 0xff);
            if (next == '\n') {
                verify(Introduction.parse(line.toString()));
                return;
            }
            if (line.length() == Introduction.MAX_BYTES) {
                fail(Reasons.MALFORMED);
                return;
            }
            line.append(next);
        }
    }

    private void verify(@Nullable Introduction peer) {
        introduced = true;
        String conflict = peer == null ? Reasons.MALFORMED : own.conflictWith(peer);
        if (conflict != null) {
            fail(conflict);
        } else if (outcome.compareAndSet(null, VERIFIED)) {
            onSuccess.run();
            wakeEncoder();
        }
    }

    /** Refuses the peer, once. The encoder sends TLS's alert and closes the connection. */
    void fail(String reason) {
        if (outcome.compareAndSet(null, reason)) {
            onRefusal.accept(reason);
            wakeEncoder();
        }
    }

    /**
     * Handles the failure or end of the connection. Before the peer has authenticated, it throws an exception that Hazelcast
     * logs at info, because any process can cause it; {@link RefusalLog} reports it. A peer that sent nothing was a port scan
     * or a probe, and is not reported.
     */
    void onError() throws EOFException {
        if (isVerified()) {
            return;
        }
        if (received || channel.isClientMode()) {
            fail(Reasons.ENDED);
        }
        throw refusal();
    }

    /** Runs TLS's public-key operations, then continues to read and write. */
    void compute() {
        if (computing.compareAndSet(false, true)) {
            publicKeys.execute(() -> {
                try {
                    Runnable task;
                    while (!hasFailed() && !channel.isClosed() && (task = engine.getDelegatedTask()) != null) {
                        task.run();
                    }
                } finally {
                    computing.set(false);
                }
                wakeDecoder();
                wakeEncoder();
            });
        }
    }

    void wakeDecoder() {
        channel.inboundPipeline().wakeup();
    }

    void wakeEncoder() {
        channel.outboundPipeline().wakeup();
    }
}
