package io.gatehouse.proxy.forward;

import io.gatehouse.balancer.Balancer;
import io.gatehouse.balancer.Peer;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.client.ClientTooSlow;
import io.gatehouse.upstream.FramingException;
import io.gatehouse.upstream.NoFreeConnection;
import io.gatehouse.upstream.UpstreamRequest;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

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

    /** Returns the failure of a request of whose response nothing has been written, with the error that the client receives. */
    static ProxyException reported(Throwable failure) {
        return failure instanceof ProxyException known ? known : error(failure).causedBy(failure);
    }

    /** Whether the upstream did not respond in time. */
    public static boolean isTimeout(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException
                    || cause instanceof ConnectTimeoutException
                    || cause instanceof SslHandshakeTimeoutException) {
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

    /**
     * Counts the failure of an attempt to connect, or of a request that has been sent, against the peer. Clients can use all
     * connections, so a request that waits for one in vain does not count.
     */
    public static void count(Throwable failure, Balancer balancer, Peer peer) {
        if (failure instanceof NoFreeConnection) {
            return;
        }
        switch (error(failure)) {
            case UPSTREAM_TIMEOUT -> balancer.timedOut(peer);
            case INVALID_UPSTREAM_RESPONSE -> balancer.failed(peer);
            default -> {
                // The peer has not received the request, or the client has caused the failure.
            }
        }
    }

    /**
     * Whether the request may be sent again, with its whole body: nothing of it has been sent, or its method is idempotent and the
     * connection was reset (RFC 9110 §9.2.2). A request that waited behind those for which a connection is being made is sent again as
     * they are.
     *
     * @param attempted null if no connection was made
     */
    static boolean mayRetry(
            Throwable failure, @Nullable UpstreamRequest attempted, HttpMethod method, RequestBody body) {
        boolean isSent = attempted != null && attempted.isBegun();
        boolean isUnconnected = failure instanceof ConnectException
                || (attempted == null && failure instanceof SSLHandshakeException)
                || (failure instanceof NoFreeConnection wait && wait.isConnecting());
        return body.isRepeatable() && (isUnconnected || (isReset(failure) && (!isSent || isIdempotent(method))));
    }

    private static boolean isIdempotent(HttpMethod method) {
        return switch (method.name()) {
            case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
            default -> false;
        };
    }
}
