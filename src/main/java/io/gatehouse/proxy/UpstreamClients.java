package io.gatehouse.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;

/**
 * The clients of one event loop to all upstreams, each with a pool for every address.
 *
 * @param http HTTP/1.1
 * @param grpc HTTP/2; without TLS by prior knowledge
 */
record UpstreamClients(HttpClient http, HttpClient grpc) {
    /** Shorter than what upstreams usually allow, so that a connection is not used as it closes. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

    private static final int MAX_CONNECTIONS = 512;
    /** Streams of one connection, unless the upstream allows fewer. */
    private static final int MAX_STREAMS = 100;

    private static final int MAX_HTTP2_CONNECTIONS = 64;
    private static final int MAX_WAITING = 2_048;

    /** Must be called on the event loop that will use them. */
    static UpstreamClients create(Vertx vertx, int maxHeaderBytes, int maxTargetBytes) {
        PoolOptions pool = new PoolOptions()
                .setHttp1MaxSize(MAX_CONNECTIONS)
                .setHttp2MaxSize(MAX_HTTP2_CONNECTIONS)
                .setMaxWaitQueueSize(MAX_WAITING);
        HttpClientOptions options = new HttpClientOptions()
                .setKeepAlive(true)
                .setKeepAliveTimeout((int) KEEP_ALIVE.toSeconds())
                .setMaxHeaderSize(maxHeaderBytes)
                .setMaxInitialLineLength(maxTargetBytes)
                .setDecompressionSupported(false)
                .setVerifyHost(false);
        HttpClientOptions http2 = new HttpClientOptions(options)
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setUseAlpn(true)
                .setHttp2KeepAliveTimeout((int) KEEP_ALIVE.toSeconds())
                .setHttp2MultiplexingLimit(MAX_STREAMS);
        http2.getInitialSettings().setMaxHeaderListSize(maxHeaderBytes);
        return new UpstreamClients(vertx.createHttpClient(options, pool), vertx.createHttpClient(http2, pool));
    }
}
