package io.gatehouse.cluster.port;

import static com.hazelcast.internal.nio.IOUtil.compactOrClear;

import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.InboundHandler;
import java.io.EOFException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/** Decrypts the bytes of a member. It passes none to Hazelcast's decoders before the handshake has succeeded. */
final class TlsDecoder extends InboundHandler<ByteBuffer, ByteBuffer> {
    private final MemberHandshake handshake;
    private final SSLEngine engine;
    /** Decrypted bytes for the next decoder, between position and limit. That decoder may have room for three bytes only. */
    private final ByteBuffer plain;

    TlsDecoder(MemberHandshake handshake) {
        this.handshake = handshake;
        this.engine = handshake.engine();
        this.plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                .limit(0);
    }

    @Override
    public void handlerAdded() {
        initSrcBuffer(TlsRecord.bufferBytes(engine));
    }

    @Override
    public HandlerStatus onRead() throws SSLException, EOFException {
        src.flip();
        try {
            return read();
        } catch (SSLException e) {
            if (handshake.isVerified()) {
                // A record was changed or injected on its way.
                throw e;
            }
            handshake.fail(Reasons.of(e));
            return discard();
        } finally {
            compactOrClear(src);
        }
    }

    private HandlerStatus read() throws SSLException, EOFException {
        while (true) {
            if (handshake.hasFailed()) {
                return discard();
            }
            if (plain.hasRemaining()) {
                if (!handshake.isVerified()) {
                    handshake.readIntroduction(plain);
                    continue;
                }
                if (!deliver()) {
                    return HandlerStatus.DIRTY;
                }
            }
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    handshake.compute();
                    return HandlerStatus.BLOCKED;
                }
                case NEED_WRAP -> {
                    handshake.wakeEncoder();
                    return HandlerStatus.BLOCKED;
                }
                default -> {
                    if (!src.hasRemaining() || !decrypt()) {
                        return HandlerStatus.CLEAN;
                    }
                }
            }
        }
    }

    /** Passes on as many bytes as the next decoder has room for; false: some are left. */
    private boolean deliver() {
        int count = Math.min(plain.remaining(), dst.remaining());
        dst.put(plain.slice(plain.position(), count));
        plain.position(plain.position() + count);
        return !plain.hasRemaining();
    }

    /** Decrypts one record; false: a part of it has not arrived yet. */
    private boolean decrypt() throws SSLException, EOFException {
        handshake.onFirstBytes(src);
        if (handshake.hasFailed()) {
            return true;
        }
        plain.clear();
        SSLEngineResult.Status status = engine.unwrap(src, plain).getStatus();
        plain.flip();
        return switch (status) {
            case OK -> {
                if (!handshake.isVerified()) {
                    // The handshake may have ended with this record. Then the encoder sends this node's introduction.
                    handshake.wakeEncoder();
                }
                yield true;
            }
            case BUFFER_UNDERFLOW -> false;
            case CLOSED -> throw new EOFException("the member ended TLS");
            case BUFFER_OVERFLOW -> throw new SSLException("a record is larger than TLS allows");
        };
    }

    /** Discards the input. The encoder closes the connection. */
    private HandlerStatus discard() {
        src.position(src.limit());
        plain.limit(0);
        return HandlerStatus.BLOCKED;
    }

    @Override
    public void interceptError(Throwable error) throws EOFException {
        handshake.onError();
    }
}
