package io.gatehouse.proxy;

import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.exchange.GrpcRequest;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.routing.ProtocolRule;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Rejects requests that are no gRPC calls where only those are served (docs/reference/proxy.md#matching). */
final class GrpcRule {
    /** gRPC's CANCELLED, which Kong sends for a call in clear text. */
    private static final String CANCELLED = "1";

    private GrpcRule() {}

    /** Returns why a route of gRPC does not serve the request; null if it does. */
    static @Nullable ProxyException violation(ProxyExchange exchange, ProtocolRule rule) {
        boolean isHttp2 = exchange.request().version() == HttpVersion.HTTP_2;
        if (!isHttp2 || !GrpcRequest.claimsGrpc(exchange.request())) {
            return noCall(exchange);
        }
        return rule == ProtocolRule.GRPCS && !exchange.isClientTls()
                ? ProxyError.GRPCS_REQUIRED.failure().with("grpc-status", CANCELLED)
                : null;
    }

    /** Returns the error of a request that is no gRPC call. */
    static ProxyException noCall(ProxyExchange exchange) {
        boolean isLaterVersionNeeded =
                exchange.request().version() != HttpVersion.HTTP_2 && GrpcRequest.claimsGrpc(exchange.request());
        return isLaterVersionNeeded
                ? ProxyError.HTTP2_REQUIRED
                        .failure()
                        .with("Connection", "Upgrade")
                        .with("Upgrade", "HTTP/2")
                : ProxyError.GRPC_REQUIRED.failure();
    }
}
