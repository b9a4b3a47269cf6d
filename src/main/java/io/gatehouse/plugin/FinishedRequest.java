package io.gatehouse.plugin;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records a request that has ended, for the plugins that log it. {@link LogMessage} is its form in Kong's logs.
 *
 * <p><i>Invariant</i>: immutable. Credentials in headers, cookies and the query are replaced by {@link Redaction#REDACTED}.
 *
 * @param target the request target as received
 * @param url scheme, host, port and target
 * @param requestBytes of the body as received
 * @param status 499 if the client left before the head of the response
 * @param responseBytes of the body as sent
 * @param isUpstreams whether the response is the upstream's
 * @param upstreamTarget the target of the upstream request; null if the request was not forwarded
 * @param upstreamStatus 0 without a response of the upstream
 * @param attempts the requests to upstreams in order
 * @param route null if no route matched
 * @param identity null if the request is not authenticated
 * @param tls null without TLS
 * @param startedAtMillis since the epoch
 * @param traces of the plugins that trace, by their names
 * @param correlationId of {@code correlation-id}; null without that plugin
 */
public record FinishedRequest(
        String requestId,
        String method,
        String target,
        String path,
        String url,
        Map<String, List<String>> query,
        Map<String, List<String>> requestHeaders,
        long requestBytes,
        int status,
        Map<String, List<String>> responseHeaders,
        long responseBytes,
        boolean isUpstreams,
        @Nullable String upstreamTarget,
        int upstreamStatus,
        List<Attempt> attempts,
        @Nullable Route route,
        @Nullable Service service,
        @Nullable Identity identity,
        String clientAddress,
        @Nullable Tls tls,
        Caller caller,
        long startedAtMillis,
        Latencies latencies,
        Map<String, PluginTrace> traces,
        @Nullable String correlationId) {

    /**
     * Holds one request to an upstream.
     *
     * @param address IP address, or the name of a Service without an Upstream
     * @param startedAtMillis since the epoch
     * @param failure the status of the failure; 0 for an attempt with a response
     */
    public record Attempt(String address, int port, long startedAtMillis, int failure) {}

    /**
     * Holds what is known of the peer and its message.
     *
     * @param address of the peer, which may be a proxy
     * @param port of the peer; 0 if the connection has closed
     * @param protocol such as {@code HTTP/1.1}
     * @param host that the client requested; null if it named none
     */
    public record Caller(
            String address,
            int port,
            String protocol,
            @Nullable String host) {}

    /** Holds the version and the cipher suite of the client's connection. */
    public record Tls(String version, String cipher) {}

    /**
     * Holds durations in nanoseconds.
     *
     * @param total from the head of the request to the last byte of the response
     * @param gateway from the head of the request until it was forwarded, or until the gateway's own response
     * @param upstream from then to the head of the upstream's response; negative if the request was not forwarded
     * @param receive from the head of the upstream's response to the last byte; 0 without one
     */
    public record Latencies(long total, long gateway, long upstream, long receive) {}
}
