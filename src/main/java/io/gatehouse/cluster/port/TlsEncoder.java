package io.gatehouse.cluster.port;

import static com.hazelcast.internal.nio.IOUtil.compactOrClear;

import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.OutboundHandler;
import java.io.EOFException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encrypts the bytes for a member. It takes none from Hazelcast's encoders before the handshake has succeeded. */
final class TlsEncoder extends OutboundHandler<ByteBuffer, ByteBuffer> {
    private static final Logger LOG = LoggerFactory.getLogger(TlsEncoder.class);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final MemberHandshake handshake;
    private final SSLEngine engine;
    private final ByteBuffer introduction;
    private boolean ending;

    TlsEncoder(MemberHandshake handshake) {
        this.handshake = handshake;
        this.engine = handshake.engine();
        this.introduction = ByteBuffer.wrap(handshake.introduction());
    }

    @Override
    public void handlerAdded() {
        initDstBuffer(TlsRecord.bufferBytes(engine));
    }

    @Override
    public HandlerStatus onWrite() throws SSLException, EOFException {
        compactOrClear(dst);
        try {
            return handshake.hasFailed() ? end() : write();
        } catch (SSLException e) {
            if (handshake.isVerified()) {
                throw e;
            }
            handshake.fail(Reasons.of(e));
            return end();
        } finally {
            dst.flip();
        }
    }

    private HandlerStatus write() throws SSLException, EOFException {
        boolean progress = false;
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    handshake.compute();
                    return HandlerStatus.BLOCKED;
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (progress) {
                        handshake.wakeDecoder();
                    }
                    return HandlerStatus.BLOCKED;
                }
                case NEED_WRAP -> {
                    HandlerStatus written = encrypt(NOTHING.duplicate());
                    if (written != HandlerStatus.CLEAN) {
                        return written;
                    }
                    progress = true;
                }
                default -> {
                    if (progress) {
                        progress = false;
                        handshake.wakeDecoder();
                    }
                    boolean introducing = introduction.hasRemaining();
                    if (!introducing && !handshake.isVerified()) {
                        return HandlerStatus.BLOCKED;
                    }
                    ByteBuffer next = introducing ? introduction : src;
                    if (!next.hasRemaining()) {
                        return HandlerStatus.CLEAN;
                    }
                    HandlerStatus written = encrypt(next);
                    if (written != HandlerStatus.CLEAN) {
                        return written;
                    }
                }
            }
        }
    }

    /** Writes one record. Dirty: the buffer has no room until its bytes are sent. */
    private HandlerStatus encrypt(ByteBuffer bytes) throws SSLException, EOFException {
        return switch (engine.wrap(bytes, dst).getStatus()) {
            case OK -> HandlerStatus.CLEAN;
            case BUFFER_OVERFLOW -> HandlerStatus.DIRTY;
            case CLOSED -> {
                if (handshake.isVerified()) {
                    throw new EOFException("TLS has ended");
                }
                // The decoder has the reason: it fails the handshake and wakes this handler.
                yield HandlerStatus.BLOCKED;
            }
            case BUFFER_UNDERFLOW -> throw new SSLException("nothing to encrypt");
        };
    }

    /** Sends TLS's alert, or the rejection for a peer that does not speak TLS, and then closes. */
    private HandlerStatus end() throws EOFException {
        if (!ending) {
            ending = true;
            handshake.disableReset();
            byte[] rejection = handshake.rejection();
            if (rejection.length > 0) {
                dst.clear().put(rejection);
            } else {
                endTls();
            }
        }
        if (dst.position() > 0) {
            return HandlerStatus.DIRTY;
        }
        throw handshake.refusal();
    }

    private void endTls() {
        try {
            if (handshake.isIntroduced()) {
                // A peer of another version logs this node's version.
                wrapAll();
                engine.wrap(introduction, dst);
            }
            engine.closeOutbound();
            wrapAll();
        } catch (SSLException e) {
            // The connection is closed without a reason for the peer.
            LOG.debug("The close of TLS was not sent", e);
        }
    }

    private void wrapAll() throws SSLException {
        boolean written = true;
        while (written && engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
            written = engine.wrap(NOTHING.duplicate(), dst).bytesProduced() > 0;
        }
    }

    @Override
    public void interceptError(Throwable error) throws EOFException {
        handshake.onError();
    }
}
