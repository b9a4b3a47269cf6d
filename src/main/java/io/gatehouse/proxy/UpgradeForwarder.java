package io.gatehouse.proxy;

import io.gatehouse.balancer.Balancer;
import io.gatehouse.balancer.Peer;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.ProxyError;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.httpproxy.HttpProxy;
import io.vertx.httpproxy.ProxyContext;
import io.vertx.httpproxy.ProxyInterceptor;
import io.vertx.httpproxy.ProxyOptions;
import io.vertx.httpproxy.ProxyRequest;
import io.vertx.httpproxy.ProxyResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Forwards WebSocket handshakes and, once both sides agreed, the frames: vertx-http-proxy with our header rules. */
final class UpgradeForwarder {
    private UpgradeForwarder() {}

    /** Fails when there is nobody to hand it to; what happens later the two sides tell each other. */
    static Future<Void> forward(HttpClient client, Exchange exchange, UpstreamTarget target, UpstreamCall call) {
        Balancer balancer = target.balancer();
        Peer peer = balancer == null ? null : balancer.choose(call.hashKey(), List.of());
        if (balancer != null && peer == null) {
            return Future.failedFuture(ProxyError.NO_PEER.failure());
        }
        HttpProxy.reverseProxy(new ProxyOptions().setSupportWebSocket(true), client)
                .origin(context -> connect(client, target, call, peer))
                .addInterceptor(new Rewrite(exchange, call), true)
                .handle(exchange.request());
        return Future.succeededFuture();
    }

    /** The peer is in use until the connection to it ends, which is when the client's does. */
    private static Future<HttpClientRequest> connect(
            HttpClient client, UpstreamTarget target, UpstreamCall call, @Nullable Peer peer) {
        RequestOptions options = target.options(peer);
        Balancer balancer = target.balancer();
        if (balancer == null || peer == null) {
            return client.request(options).map(request -> request.authority(call.host()));
        }
        balancer.began(peer);
        return client.request(options)
                .onSuccess(request -> request.connection().closeHandler(closed -> balancer.ended(peer)))
                .onFailure(failure -> {
                    balancer.ended(peer);
                    balancer.failed(peer);
                })
                .map(request -> request.authority(call.host()));
    }

    private record Rewrite(Exchange exchange, UpstreamCall call) implements ProxyInterceptor {
        @Override
        public Future<ProxyResponse> handleProxyRequest(ProxyContext context) {
            ProxyRequest request = context.request();
            request.setURI(call.uri());
            request.headers().clear();
            RequestHeaders.copy(exchange, call.prefix(), request.headers());
            request.putHeader("connection", "Upgrade");
            request.putHeader("upgrade", "websocket");
            return context.sendRequest();
        }

        @Override
        public Future<Void> handleProxyResponse(ProxyContext context) {
            exchange.upstreamAnswers(System.nanoTime());
            context.response().putHeader("x-kong-request-id", exchange.requestId());
            return context.sendResponse();
        }
    }
}
