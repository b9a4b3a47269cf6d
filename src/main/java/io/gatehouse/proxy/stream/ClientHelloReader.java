package io.gatehouse.proxy.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
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
