package io.gatehouse.proxy;

import io.gatehouse.plugin.Exchange;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.httpproxy.HttpProxy;
import io.vertx.httpproxy.ProxyContext;
import io.vertx.httpproxy.ProxyInterceptor;
import io.vertx.httpproxy.ProxyOptions;
import io.vertx.httpproxy.ProxyRequest;
import io.vertx.httpproxy.ProxyResponse;
import org.jspecify.annotations.Nullable;

/** Forwards WebSocket handshakes and, once both sides agreed, the frames: vertx-http-proxy with our header rules. */
final class UpgradeForwarder {
    private final HttpClient client;

    UpgradeForwarder(HttpClient client) {
        this.client = client;
    }

    void forward(
            Exchange exchange, UpstreamTarget target, String uri, @Nullable HostAndPort host, @Nullable String prefix) {
        RequestOptions options = target.options().setIdleTimeout(0);
        HttpProxy.reverseProxy(new ProxyOptions().setSupportWebSocket(true), client)
                .origin(context -> client.request(options).map(request -> {
                    request.authority(host == null ? target.authority() : host);
                    return request;
                }))
                .addInterceptor(new Rewrite(exchange, uri, prefix), true)
                .handle(exchange.request());
    }

    private record Rewrite(
            Exchange exchange, String uri, @Nullable String prefix) implements ProxyInterceptor {
        @Override
        public Future<ProxyResponse> handleProxyRequest(ProxyContext context) {
            ProxyRequest request = context.request();
            request.setURI(uri);
            request.headers().clear();
            RequestHeaders.copy(exchange, prefix, request.headers());
            request.putHeader("connection", "Upgrade");
            request.putHeader("upgrade", "websocket");
            return context.sendRequest();
        }

        @Override
        public Future<Void> handleProxyResponse(ProxyContext context) {
            context.response().putHeader("x-kong-request-id", exchange.requestId());
            return context.sendResponse();
        }
    }
}
