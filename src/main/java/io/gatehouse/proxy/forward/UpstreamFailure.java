package io.gatehouse.proxy.forward;

import io.gatehouse.balancer.Balancer;
import io.gatehouse.balancer.Peer;
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

/** Classifies failures of an attempt to forward a request. */
public final class UpstreamFailure {
    private UpstreamFailure() {}

    /** Returns the error that the client receives. */
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

    /** Whether the upstream did not respond in time. */
    public static boolean isTimeout(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException || cause instanceof ConnectTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** Whether the connection or stream ended before the first byte of a response. */
    public static boolean isReset(Throwable failure) {
        return !isTimeout(failure)
                && (failure instanceof HttpClosedException
                        || failure instanceof StreamResetException
                        || (failure instanceof IOException && !(failure instanceof ConnectException)));
    }

    /** Counts a failure of an attempt against the peer, if the peer had received the request. */
    public static void count(Throwable failure, Balancer balancer, Peer peer) {
        switch (error(failure)) {
            case UPSTREAM_TIMEOUT -> balancer.timedOut(peer);
            case INVALID_UPSTREAM_RESPONSE -> balancer.failed(peer);
            default -> {
                // The peer has not received the request, or the client has caused the failure.
            }
        }
    }

    /**
     * Whether the request may be sent again, with its whole body: it has not reached the upstream, or the method is idempotent and
     * the connection was reset (RFC 9110 §9.2.2).
     */
    static boolean mayRetry(Throwable failure, String method, RequestBody body) {
        if (!body.isRepeatable()) {
            return false;
        }
        if (failure instanceof ConnectException) {
            return true;
        }
        boolean idempotent = switch (method) {
            case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
            default -> false;
        };
        return idempotent && isReset(failure);
    }
}
