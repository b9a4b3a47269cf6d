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
 * The handshake of one connection, shared by the handlers that read and write it: TLS, then one line from each side. Hazelcast
 * reads and writes nothing before both are done.
 *
 * <p><i>Threading.</i> A handler runs on one thread at a time, the two on different ones. Public-key operations run on the
 * executor, so that a flood of handshakes does not hold up the threads that carry the traffic of members.
 */
final class MemberHandshake {
    private static final Logger LOG = LoggerFactory.getLogger(MemberHandshake.class);
    /** What Hazelcast sends to a peer that speaks another protocol, so that an older node logs the reason. */
    private static final byte[] OTHER_PROTOCOL = "HZX".getBytes(StandardCharsets.US_ASCII);

    private static final String VERIFIED = "";

    private final Channel channel;
    private final SSLEngine engine;
    private final Introduction own;
    private final Executor publicKeys;
    private final Consumer<String> onRefusal;
    private final Runnable onSuccess;

    /** How the handshake ended: {@link #VERIFIED}, or why the peer is refused; null: it has not. */
    private final AtomicReference<@Nullable String> outcome = new AtomicReference<>();

    private final AtomicBoolean computing = new AtomicBoolean();
    private final StringBuilder line = new StringBuilder(Introduction.MAX_BYTES);
    private volatile boolean received;
    private volatile boolean introduced;
    private volatile byte[] lastWords = {};

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

    /** Whether the peer has proved the key and is a node that this one forms a cluster with. */
    boolean isVerified() {
        return VERIFIED.equals(outcome.get());
    }

    boolean hasFailed() {
        String reason = outcome.get();
        return reason != null && !reason.equals(VERIFIED);
    }

    /** Whether TLS is complete and the peer has sent its line: it can read this node's, even if it is refused. */
    boolean isIntroduced() {
        return introduced;
    }

    byte[] lastWords() {
        return lastWords;
    }

    /** Hazelcast has its sockets reset on close, which may cost the peer what was sent last. */
    void keepLastWords() {
        try {
            channel.socket().setSoLinger(false, 0);
        } catch (SocketException closed) {
            LOG.debug("closed before the reason was sent", closed);
        }
    }

    /** Hazelcast logs the end of a connection at info, and everything else at warn, with a stack trace. */
    EOFException refusal() {
        String reason = outcome.get();
        return new EOFException("refused: " + (reason == null ? Reasons.ENDED : reason));
    }

    /** The first bytes of a peer have arrived. Whatever is no TLS record is refused before anything parses it. */
    void onFirstBytes(ByteBuffer bytes) {
        if (received) {
            return;
        }
        received = true;
        int type = bytes.get(bytes.position());
        if (type != TlsRecord.HANDSHAKE && type != TlsRecord.ALERT) {
            lastWords = channel.isClientMode() ? new byte[0] : OTHER_PROTOCOL;
            fail(Reasons.STRANGER);
        }
    }

    /** Takes the peer's line from what TLS has decrypted; what follows it is Hazelcast's. */
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
     * The connection has failed or ended. Throws what Hazelcast logs at info before the peer has authenticated: what any process
     * can cause is for {@link RefusalLog}. A peer that sent nothing was a port scan or a probe, and is not worth a line.
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

    /** Runs TLS's public-key operations, then goes on reading and writing. */
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
