package io.gatehouse.proxy.exchange;

import io.gatehouse.routing.RouteRequest;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.RequestTarget;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the client sent, and what the gateway derives from it alone.
 *
 * <p><i>Invariant</i>: no plugin changes it.
 */
public abstract class ClientRequest implements RouteRequest {
    private final HttpServerRequest request;
    private final String requestId;
    private final RequestTarget target;
    private final @Nullable Authority authority;
    private final Peers peers;
    private final boolean trustedPeer;
    private final long startNanos;
    private @Nullable String peerAddress;
    private @Nullable String clientAddress;

    ClientRequest(
            HttpServerRequest request,
            String requestId,
            RequestTarget target,
            @Nullable Authority authority,
            Peers peers,
            long startNanos) {
        this.request = request;
        this.requestId = requestId;
        this.target = target;
        this.authority = authority;
        this.peers = peers;
        this.trustedPeer = peers.isTrusted(request.remoteAddress());
        this.startNanos = startNanos;
    }

    public HttpServerRequest request() {
        return request;
    }

    public String requestId() {
        return requestId;
    }

    /** Returns when the request arrived, by {@link System#nanoTime}. */
    public long startNanos() {
        return startNanos;
    }

    @Override
    public boolean isTls() {
        return request.isSSL();
    }

    public boolean isTrustedPeer() {
        return trustedPeer;
    }

    /** Returns the address of the connection's peer. */
    public String peerAddress() {
        if (peerAddress == null) {
            peerAddress = request.remoteAddress().hostAddress();
        }
        return peerAddress;
    }

    /** Returns the address of the client, which a trusted peer names. */
    public String clientAddress() {
        if (clientAddress == null) {
            clientAddress = trustedPeer ? peers.clientAddress(request) : peerAddress();
        }
        return clientAddress;
    }

    @Override
    public String method() {
        return request.method().name();
    }

    public String scheme() {
        return request.isSSL() ? "https" : "http";
    }

    /** Returns whether the client uses TLS, to this node or to the trusted peer, which names one scheme. */
    public boolean isClientTls() {
        return trustedPeer ? Peers.isClientTls(request) : request.isSSL();
    }

    @Override
    public @Nullable Authority authority() {
        return authority;
    }

    @Override
    public int port() {
        int named = authority == null ? Authority.NO_PORT : authority.port();
        return named == Authority.NO_PORT ? peers.defaultPort(request) : named;
    }

    /** Returns the port that the client has connected to: that of {@code proxy.public-ports}, or the listener's. */
    public int publicPort() {
        return peers.publicPort(request);
    }

    @Override
    public String path() {
        return target.path();
    }

    @Override
    public List<String> headers(String name) {
        return request.headers().getAll(name);
    }

    @Override
    public @Nullable String sni() {
        return request.isSSL() ? ServerName.of(request.sslSession()) : null;
    }
}
