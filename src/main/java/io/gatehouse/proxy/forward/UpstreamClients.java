package io.gatehouse.proxy.forward;

import io.gatehouse.balancer.Peer;
import io.gatehouse.connection.HeaderTable;
import io.gatehouse.upstream.Http2RequestBudget;
import io.gatehouse.upstream.UpstreamAddress;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Holds Vert.x's HTTP/2 clients of one event loop. HTTP/1.1 requests use {@link io.gatehouse.upstream.UpstreamConnections}.
 */
public final class UpstreamClients {
    /** Shorter than upstreams usually keep connections, so that a request does not meet a closing one. */
    public static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

    public static final int MAX_CONNECTIONS = 512;
    /** Streams of one connection, unless the upstream allows fewer. */
    private static final int MAX_STREAMS = 100;
    /** Of one stream; a stream whose client does not read fills it (RFC 9113 §6.9.2). */
    static final int STREAM_WINDOW_BYTES = 65_535;
    /**
     * Of one connection, which the calls of many clients share. All its streams together fill at most half. Netty returns bytes to
     * the window only once the other half has been read.
     */
    private static final int CONNECTION_WINDOW_BYTES = 2 * MAX_STREAMS * STREAM_WINDOW_BYTES;

    private static final int MAX_HTTP2_CONNECTIONS = 64;
    public static final int MAX_WAITING = 2_048;

    private final HttpClient http2;
    /** For names without a dot, which the JDK sends in a TLS handshake only if that is forced. Addresses must not be sent. */
    private final HttpClient http2ToPlainName;

    private final OpenConnections open = new OpenConnections();
    private final Http2RequestBudget budget;

    /** Must be called on the event loop that will use them. */
    public UpstreamClients(Vertx vertx, int maxHeaderBytes, Http2RequestBudget budget) {
        this.budget = budget;
        PoolOptions pool =
                new PoolOptions().setHttp2MaxSize(MAX_HTTP2_CONNECTIONS).setMaxWaitQueueSize(MAX_WAITING);
        HttpClientOptions options = new HttpClientOptions()
                .setDecompressionSupported(false)
                .setVerifyHost(false)
                .setProtocolVersion(HttpVersion.HTTP_2)
                // HTTP/2 by prior knowledge (RFC 9113 §3.3).
                .setHttp2ClearTextUpgrade(false)
                .setUseAlpn(true)
                .setHttp2KeepAliveTimeout((int) KEEP_ALIVE.toSeconds())
                .setHttp2MultiplexingLimit(MAX_STREAMS)
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES);
        options.getInitialSettings().setMaxHeaderListSize(maxHeaderBytes);
        this.http2 = client(vertx, options, pool);
        this.http2ToPlainName = client(vertx, new HttpClientOptions(options).setForceSni(true), pool);
    }

    private HttpClient client(Vertx vertx, HttpClientOptions options, PoolOptions pool) {
        return vertx.httpClientBuilder()
                .with(options)
                .with(pool)
                .withConnectHandler(this::opened)
                .build();
    }

    private void opened(HttpConnection connection) {
        HeaderTable.limit(connection);
        // Each request reports the failure of its connection. Vert.x would log an error for each, too.
        connection.exceptionHandler(failure -> {});
        open.add(connection);
        budget.watch(connection);
    }

    /** Whether a connection to the address is open. A request that gets none then has found all of their streams in use. */
    boolean isConnectedTo(SocketAddress address) {
        return open.has(address);
    }

    HttpClient of(ServiceDestination target, @Nullable Peer peer) {
        boolean plainName = target.tls() != null && UpstreamAddress.isPlainName(target.host(peer));
        return plainName ? http2ToPlainName : http2;
    }
}
