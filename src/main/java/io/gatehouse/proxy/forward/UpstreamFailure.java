package io.gatehouse.proxy.forward;

import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.client.ClientTooSlow;
import io.gatehouse.upstream.FramingException;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;

/** What a failure of the upstream's side means to the caller. */
public final class UpstreamFailure {
    private UpstreamFailure() {}

    static ProxyError error(Throwable failure) {
        if (failure instanceof ProxyException known) {
            return known.error();
        }
        if (failure instanceof ClientTooSlow) {
            return ProxyError.REQUEST_TIMEOUT;
        }
        if (failure instanceof FramingException) {
            return ProxyError.BAD_REQUEST;
        }
        if (isTimeout(failure)) {
            return ProxyError.UPSTREAM_TIMEOUT;
        }
        return failure instanceof ConnectionPoolTooBusyException
                ? ProxyError.NO_PEER
                : ProxyError.INVALID_UPSTREAM_RESPONSE;
    }

    private static boolean isTimeout(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException || cause instanceof ConnectTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** The connection ended before the first byte of an answer. */
    public static boolean isReset(Throwable failure) {
        return !isTimeout(failure)
                && (failure instanceof HttpClosedException
                        || failure instanceof StreamResetException
                        || (failure instanceof IOException && !(failure instanceof ConnectException)));
    }
}
