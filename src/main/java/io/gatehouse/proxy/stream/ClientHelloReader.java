package io.gatehouse.proxy.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the ClientHello of a connection without consuming it (RFC 8446 §4.1.2), and then leaves the pipeline, which receives every
 * byte read so far.
 *
 * <p>Netty closes the connection if the ClientHello is too large or does not arrive in time.
 */
final class ClientHelloReader extends AbstractSniHandler<Void> {
    /** docs/reference/limits.md#stream-listeners. Browsers with post-quantum keys send 2 KiB. */
    static final int MAX_BYTES = 16 * 1024;

    /** The records of one ClientHello. Netty reads all of them again after each read from the socket. */
    static final int MAX_RECORDS = 128;

    private static final int RECORD_HEADER_BYTES = 5;
    private static final int HANDSHAKE = 22;
    /** RFC 8446 §5.1. */
    private static final int MAX_FRAGMENT_BYTES = 1 << 14;

    static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** A DNS name in ASCII (RFC 6066 §3). Any other text would be routed and logged as it is. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63}){0,126}\\.?");

    private final StreamSession session;
    private boolean isHello;

    ClientHelloReader(StreamSession session) {
        super(MAX_BYTES, TIMEOUT.toMillis());
        this.session = session;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (isWithinLimits(in)) {
            super.decode(context, in, out);
        } else {
            in.skipBytes(in.readableBytes());
            session.end(Ending.HANDSHAKE);
        }
    }

    private static boolean isWithinLimits(ByteBuf in) {
        int at = in.readerIndex();
        for (int records = 0; isHandshake(in, at); records++) {
            int fragment = in.getUnsignedShort(at + RECORD_HEADER_BYTES - Short.BYTES);
            if (records == MAX_RECORDS || fragment > MAX_FRAGMENT_BYTES) {
                return false;
            }
            at += RECORD_HEADER_BYTES + fragment;
        }
        return true;
    }

    private static boolean isHandshake(ByteBuf in, int at) {
        return in.writerIndex() - at >= RECORD_HEADER_BYTES && in.getUnsignedByte(at) == HANDSHAKE;
    }

    @Override
    protected Future<Void> lookup(ChannelHandlerContext context, @Nullable ByteBuf clientHello) throws Exception {
        isHello = clientHello != null;
        return super.lookup(context, clientHello);
    }

    @Override
    protected Future<Void> lookup(ChannelHandlerContext context, @Nullable String serverName) {
        return context.executor().newSucceededFuture(null);
    }

    @Override
    protected void onLookupComplete(
            ChannelHandlerContext context, @Nullable String serverName, Future<Void> completed) {
        if (!isHello || (serverName != null && !NAME.matcher(serverName).matches())) {
            session.end(Ending.HANDSHAKE);
        } else {
            session.greeted(this, serverName);
        }
    }
}
